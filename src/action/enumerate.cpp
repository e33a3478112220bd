// ENUMERATE: stored machines, from the hypervisors and from the files below the base folders.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/bases.hpp"
#include "action/finish.hpp"
#include "action/known.hpp"
#include "action/match.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "action/states.hpp"
#include "base/text.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace ctys::action {
using model::Record;

namespace {

// Files of machines are there even where nothing could run them.
bool usable(const plugin::Outcome& outcome, const Record& record) {
  return std::none_of(outcome.failures.begin(), outcome.failures.end(), [&](const plugin::Failure& failure) {
    return failure.type == record.get(Field::type) && failure.host == record.get(Field::host) &&
           failure.error.code == Exit::unreachable;
  });
}

// The machines asked for that are in none of the records, and why those of other states are not.
std::vector<plugin::Failure> without_state(const model::Request& request, const plugin::Outcome& outcome,
                                           std::span<const Record> of_other_states) {
  const bool unseen = leave_machines_unseen(outcome.failures);
  std::vector<plugin::Failure> missing;
  for (const auto& address : request.machines) {
    if (!matching(address, outcome.records).empty()) continue;
    const auto hidden = matching(address, of_other_states);
    const auto state = hidden.empty() ? "" : text::printable(hidden.front().get(Field::vm_state));
    const bool is_nowhere = state.empty() || state == "ACTIVE";
    if (is_nowhere && unseen) continue;
    missing.push_back(no_machine(address, "stored machine"));
    if (is_nowhere) continue;
    auto& error = missing.back().error;
    error.summary = "stored machine " + model::in_quotes(address.text) + " is not shown";
    error.why = "its VMSTATE is " + state;
    error.fix = "ask for that state, too: --state " + state;
  }
  return missing;
}

}  // namespace

Exit enumerate(const model::Request& given) {
  const auto named = without_numbers(given);
  if (!named) return finish(named.error(), given);
  auto request = *named;
  request.enumerate.bases = addressed_bases(request);
  if (request.plan)
    return finish(model::Layout::result, planned_questions(request, "stored machines", wire::Verb::enumerate),
                  request);
  if (const auto checked = check_bases(request); !checked) return finish(checked.error(), request);
  auto outcome = ask_for_stored(request, request.enumerate.bases);
  remember(request, outcome, request.enumerate.bases.empty());
  std::vector<Record> of_other_states;
  std::erase_if(outcome.records, [&](const Record& record) {
    const bool meant =
        request.machines.empty() ||
        std::any_of(request.machines.begin(), request.machines.end(),
                    [&](const model::Address& a) { return !matching(a, std::span(&record, 1)).empty(); });
    if (!meant || !in_scope(request.scope, record)) return true;
    if (accepts_state(request.enumerate.states, record.get(Field::vm_state), usable(outcome, record)))
      return false;
    if (!request.machines.empty()) of_other_states.push_back(record);
    return true;
  });
  for (auto& missing : without_state(request, outcome, of_other_states))
    outcome.failures.push_back(std::move(missing));
  return finish(model::Layout::enumerate, outcome, request);
}

}  // namespace ctys::action
