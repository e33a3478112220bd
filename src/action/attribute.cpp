// `ctys attribute`: what ctys itself knows of a machine, kept with the machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/foresight.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"

#include <chrono>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ctys::action {
using model::AttributeVerb;
namespace {

std::vector<model::Pair> options_of(const model::AttributeOptions& attribute) {
  constexpr const char* kVerbs[] = {"LIST", "GET", "SET", "DELETE"};
  std::vector<model::Pair> options{{"OP", kVerbs[static_cast<int>(attribute.verb)]}};
  if (!attribute.key.empty()) options.push_back({"KEY", attribute.key});
  if (attribute.verb == AttributeVerb::set) options.push_back({"VALUE", attribute.value});
  return options;
}

std::vector<wire::Call> calls_of(const model::Request& request, std::span<const model::Record> machines) {
  constexpr int kDeadline = 10'000;  // milliseconds
  std::vector<wire::Call> calls;
  for (const auto& machine : machines) {
    calls.push_back(acting_call(request, wire::Verb::attribute, machine));
    calls.back().options = options_of(request.attribute);
    if (!calls.back().deadline_ms) calls.back().deadline_ms = kDeadline;
  }
  return calls;
}

// What is set, and what cannot be written, is known by the plugin alone: it is asked, and writes nothing.
plugin::Outcome plan_of(const model::Request& request, const std::vector<model::Record>& machines) {
  plugin::Outcome plan;
  if (request.attribute.verb == AttributeVerb::list) {
    for (const auto& machine : machines) plan.records.push_back(planned(machine, "read its attributes"));
    return plan;
  }
  auto calls = calls_of(request, machines);
  for (auto& call : calls) make_plan(call);
  auto outcomes = act(request, calls, machines, "change");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    for (const auto& step : outcomes[i].records)
      plan.records.push_back(planned(machines[i], step.get(Field::detail)));
    std::move(outcomes[i].failures.begin(), outcomes[i].failures.end(), std::back_inserter(plan.failures));
  }
  return plan;
}

}  // namespace

Exit attribute(const model::Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  const bool writes =
      request.attribute.verb == AttributeVerb::set || request.attribute.verb == AttributeVerb::erase;
  auto resolved = resolve(request, true, writes ? Purpose::acting : Purpose::reading);
  const auto rest = rest_for_deed(request, begin);
  if (!resolved.failures.empty())
    return finish(writes ? model::Layout::result : model::Layout::report, {{}, std::move(resolved.failures)},
                  request);
  if (request.plan) {
    auto plan = plan_of(rest, resolved.machines);
    std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(plan.failures));
    return finish(model::Layout::result, plan, request);
  }
  const auto calls = calls_of(rest, resolved.machines);
  auto outcome = plugin::merged(act(rest, calls, resolved.machines, "change"));
  std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(outcome.failures));
  return finish(writes ? model::Layout::result : model::Layout::report, outcome, request);
}

}  // namespace ctys::action
