// `ctys attribute`: what ctys itself knows of a machine, kept with the machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"

#include <iterator>
#include <utility>

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

std::string step_of(const model::AttributeOptions& attribute) {
  switch (attribute.verb) {
    case AttributeVerb::list:
      return "read its attributes";
    case AttributeVerb::get:
      return "read " + attribute.key;
    case AttributeVerb::set:
      return "set " + attribute.key + " to '" + attribute.value + "'";
    case AttributeVerb::erase:
      return "delete " + attribute.key;
  }
  return {};
}

}  // namespace

Exit attribute(const model::Request& request) {
  auto resolved = resolve(request, true);
  const bool writes =
      request.attribute.verb == AttributeVerb::set || request.attribute.verb == AttributeVerb::erase;
  if (!resolved.failures.empty())
    return finish(writes ? model::Layout::result : model::Layout::report, {{}, std::move(resolved.failures)},
                  request);
  if (request.plan) {
    plugin::Outcome plan{{}, std::move(resolved.silent)};
    for (const auto& machine : resolved.machines)
      plan.records.push_back(planned(machine, step_of(request.attribute)));
    return finish(model::Layout::result, plan, request);
  }
  std::vector<wire::Call> calls;
  for (const auto& machine : resolved.machines) {
    constexpr int kDeadline = 10'000;  // milliseconds
    calls.push_back(acting_call(request, wire::Verb::attribute, machine));
    calls.back().options = options_of(request.attribute);
    if (!calls.back().deadline_ms) calls.back().deadline_ms = kDeadline;
  }
  auto outcome = plugin::merged(act(request, calls, resolved.machines, "change"));
  std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(outcome.failures));
  return finish(writes ? model::Layout::result : model::Layout::report, outcome, request);
}

}  // namespace ctys::action
