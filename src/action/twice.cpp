// Whether the requests of one call would act twice on one machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/twice.hpp"

#include "action/acting.hpp"
#include "action/match.hpp"
#include "action/search.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace ctys::action {
using model::Record;
namespace {

bool acts_on_all(const model::Request& request) {
  using model::Action;
  const bool acts =
      request.action == Action::create || request.action == Action::cancel ||
      (request.action == Action::attribute && (request.attribute.verb == model::AttributeVerb::set ||
                                               request.attribute.verb == model::AttributeVerb::erase));
  return acts && (request.allow_ambiguous || (request.action == Action::cancel && request.cancel.all));
}

std::vector<Record> machines_of(const model::Request& request) {
  std::vector<Record> machines;
  if (request.action == model::Action::cancel && request.cancel.all) {
    machines = ask(request, wire::Verb::list, {}).records;
    std::erase_if(machines, [&](const Record& record) { return !in_scope(request.scope, record); });
    return machines;
  }
  auto found = find_machines(request, false, Purpose::acting);
  if (!found) return machines;
  for (auto& target : found->targets)
    std::move(target.matches.begin(), target.matches.end(), std::back_inserter(machines));
  return machines;
}

}  // namespace

bool may_act_twice(std::span<const model::Request> requests) {
  return std::count_if(requests.begin(), requests.end(), acts_on_all) > 1;
}

std::optional<plugin::Failure> acted_on_twice(std::span<const model::Request> requests,
                                              std::chrono::steady_clock::time_point begin) {
  std::vector<Record> machines;
  for (const auto& request : requests) {
    if (!acts_on_all(request)) continue;
    auto own = machines_of(for_look_up(rest_for_deed(request, begin)));
    std::move(own.begin(), own.end(), std::back_inserter(machines));
  }
  return told_twice(machines);
}

}  // namespace ctys::action
