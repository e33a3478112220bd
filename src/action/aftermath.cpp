// Asks for the state of machines whose worker was ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/aftermath.hpp"

#include "action/match.hpp"

#include <algorithm>

namespace ctys::action {
using model::Record;
namespace {

bool is_unfinished(const plugin::Outcome& outcome) {
  return std::any_of(outcome.failures.begin(), outcome.failures.end(),
                     [](const plugin::Failure& failure) { return failure.unfinished; });
}

// The sessions of every connection that an unfinished machine stands on.
std::vector<Record> present(std::span<const Record> machines, std::span<const plugin::Outcome> outcomes) {
  constexpr int kPatience = 2'000;  // milliseconds: whoever interrupted wants to go
  std::vector<wire::Call> calls;
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (!is_unfinished(outcomes[i])) continue;
    wire::Call call;
    call.verb = wire::Verb::list;
    call.type = machines[i].get(Field::type);
    call.endpoint = machines[i].get(Field::context);
    call.options = {{"ALL", ""}};
    call.asked_by_type = true;
    call.deadline_ms = kPatience;
    if (std::find(calls.begin(), calls.end(), call) == calls.end()) calls.push_back(std::move(call));
  }
  return plugin::collect(calls, {}).records;
}

std::string sentence(const Record* now) {
  if (now == nullptr) return "what became of it is not known";
  return "it is " + now->get(Field::state) + " now";
}

}  // namespace

void tell_aftermath(std::span<const Record> machines, std::vector<plugin::Outcome>& outcomes,
                    std::string_view doing, bool may_ask) {
  if (std::none_of(outcomes.begin(), outcomes.end(), is_unfinished)) return;
  const auto seen = may_ask ? present(machines, outcomes) : std::vector<Record>();
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (!is_unfinished(outcomes[i])) continue;
    const auto now = std::find_if(seen.begin(), seen.end(), [&](const Record& record) {
      return record.get(Field::type) == machines[i].get(Field::type) &&
             (machines[i].get(Field::uuid).empty() ? record.get(Field::label) == machines[i].get(Field::label)
                                                   : record.get(Field::uuid) == machines[i].get(Field::uuid));
    });
    const auto state = sentence(now == seen.end() ? nullptr : &*now);
    const auto& label = machines[i].get(Field::label);
    for (auto& failure : outcomes[i].failures) {
      if (!failure.unfinished) continue;
      auto& error = failure.error;
      const bool late = error.code == Exit::deadline;
      error.summary = (late ? "the time to " : "interrupted, the attempt to ") + std::string(doing) + " " +
                      label + (late ? " is over" : " was given up");
      error.why += (error.why.empty() ? "" : "; ") + state;
      error.fix = late ? "give it more time with --deadline: run again, it goes on where it stopped"
                       : "run the command again: it goes on where it stopped";
    }
    auto record = machines[i];
    record.set(Field::state, now == seen.end() ? "unknown" : now->get(Field::state));
    outcomes[i].records.push_back(
        record.set(Field::result, "unknown").set(Field::detail, "not finished, " + state));
  }
}

}  // namespace ctys::action
