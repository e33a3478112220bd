// What an action would refuse.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/foresight.hpp"

#include "action/acting.hpp"
#include "action/machine_file.hpp"
#include "action/search.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <span>
#include <utility>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace {

// The domains of the connection that the file would be defined on. Without an answer nothing is known of
// them.
plugin::Outcome domains_beside(const model::Request& request, const Record& machine) {
  auto narrow = request;
  narrow.types = {machine.get(Field::type)};
  auto outcome = ask_here(narrow, wire::Verb::list, {{"ALL", ""}}, {}, -1);
  std::erase_if(outcome.records, [&](const Record& record) {
    return record.get(Field::context) != machine.get(Field::context);
  });
  return outcome;
}

plugin::Failure name_is_taken(const Record& machine, const Record& other) {
  return failure_of(machine,
                    {Exit::refused, "cannot define " + machine.get(Field::name),
                     "another machine has this name, UUID " + other.get(Field::uuid),
                     "rename one of the two, or give the file the UUID of the machine that it means"});
}

plugin::Failure describes_another(const Record& machine, const Record& in_file) {
  return failure_of(machine, {Exit::refused, "will not touch " + machine.get(Field::label),
                              "its file describes the machine with UUID " + in_file.get(Field::uuid) +
                                  " now, not " + machine.get(Field::uuid),
                              "enumerate again and name the one you mean"});
}

}  // namespace

void make_plan(wire::Call& call) {
  auto& first = call.options.front();
  call.options.push_back({"OF", std::exchange(first.value, "PLAN")});
}

void resolve_doubts(const model::Request& request, std::vector<Doubt> doubts, plugin::Outcome& plan) {
  if (doubts.empty()) return;
  std::vector<wire::Call> calls;
  std::vector<Record> machines;
  calls.reserve(doubts.size());
  machines.reserve(doubts.size());
  for (auto& doubt : doubts) {
    calls.push_back(std::move(doubt.call));
    make_plan(calls.back());
    calls.back().deadline_ms = reading_deadline(request);
    machines.push_back(std::move(doubt.machine));
  }
  auto outcomes = act(request, calls, machines, "plan");
  for (std::size_t i = outcomes.size(); i-- > 0;) {
    auto& failures = outcomes[i].failures;
    if (failures.empty()) continue;
    plan.records.erase(plan.records.begin() + static_cast<std::ptrdiff_t>(doubts[i].step));
    plan.failures.insert(plan.failures.begin(), std::make_move_iterator(failures.begin()),
                         std::make_move_iterator(failures.end()));
  }
}

bool is_by_file(const model::Request& request, const Record& machine) {
  const auto& path = machine.get(Field::id);
  const auto names_it = [&](const Pair& pair) {
    return (pair.key == "ID" || pair.key == "PATHNAME" || pair.key == "WORD") && pair.value == path;
  };
  return path.starts_with('/') &&
         std::any_of(request.machines.begin(), request.machines.end(), [&](const model::Address& address) {
           return std::any_of(address.keys.begin(), address.keys.end(), names_it);
         });
}

Definition read_definition(const model::Request& request, Record& machine) {
  const auto path = machine.get(Field::id);
  const auto& state_now = machine.get(Field::state);
  const bool is_new = state_now == "defined" && machine.get(Field::uuid).empty();
  // What runs, or has a saved state, stays what it is.
  std::error_code unknown;
  const bool again =
      state_now == "stopped" && is_by_file(request, machine) && std::filesystem::exists(path, unknown);
  // A file of another host is not read here.
  if ((!is_new && !again) || target_of(request, machine) != nullptr) return {};
  auto outcome = read_machine_file(request, machine);
  if (!outcome.failures.empty()) return {{}, std::move(outcome.failures)};
  const std::string replaced = "replace its stored definition by that of " + path + " unless it is the same";
  if (again && !outcome.records.empty() &&
      outcome.records.front().get(Field::uuid) != machine.get(Field::uuid))
    return {{}, {describes_another(machine, outcome.records.front())}};
  if (again) return {replaced};
  if (!outcome.records.empty()) machine = std::move(outcome.records.front());
  const auto beside = domains_beside(request, machine);
  for (const auto& other : beside.records) {
    const bool same = other.get(Field::uuid) == machine.get(Field::uuid);
    if (!same && other.get(Field::name) == machine.get(Field::name))
      return {{}, {name_is_taken(machine, other)}};
    if (!same) continue;
    const auto& state = other.get(Field::state);
    machine.set(Field::state, state);
    return {state == "stopped" ? replaced : std::string()};
  }
  if (!beside.failures.empty()) return {"define it by " + path + ", or replace its stored definition"};
  return {"define it by " + path};
}

}  // namespace ctys::action
