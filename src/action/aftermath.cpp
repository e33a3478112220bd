// Asks for the state of machines whose worker was ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/aftermath.hpp"

#include "action/match.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace ctys::action {
using model::Record;
namespace {

bool is_unfinished(const plugin::Outcome& outcome) {
  return std::any_of(outcome.failures.begin(), outcome.failures.end(),
                     [](const plugin::Failure& failure) { return failure.unfinished; });
}

bool is_result(const Record& record) {
  return !record.get(Field::result).empty();
}

// A result that has come counts, though its worker was lost before it could say that this is all.
void keep_what_was_told(plugin::Outcome& outcome) {
  if (std::none_of(outcome.records.begin(), outcome.records.end(), is_result)) return;
  std::erase_if(outcome.failures, [](const plugin::Failure& failure) { return failure.unfinished; });
}

// The sessions of every connection that an unfinished machine stands on.
std::vector<Record> present(std::span<const Record> machines, std::span<const plugin::Outcome> outcomes) {
  constexpr int kPatience = 1'000;  // milliseconds: the time is over, or whoever interrupted wants to go
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
  plugin::Options options;
  options.grace = std::chrono::milliseconds(0);
  return plugin::collect(calls, options).records;
}

// The state that tells that it was done. Who was reset or rebooted runs, as before.
std::string_view goal_of(std::string_view doing) {
  constexpr std::array<std::array<std::string_view, 2>, 4> kGoals{
      {{"start", "running"}, {"stop", "stopped"}, {"pause", "paused"}, {"suspend", "saved"}}};
  const auto* const found =
      std::find_if(kGoals.begin(), kGoals.end(), [&](const auto& goal) { return goal[0] == doing; });
  return found == kGoals.end() ? std::string_view() : (*found)[1];
}

// What is said of one machine. A daemon goes on with what it was asked for, whoever waits.
struct Words {
  std::string state;
  bool reached = false;
  Words(const Record* now, std::string_view doing) {
    if (now == nullptr) {
      state = "what became of it is not known";
      return;
    }
    const auto& seen = now->get(Field::state);
    reached = seen == goal_of(doing);
    state = "it is " + seen + " now" + (reached ? "" : ", and what it was asked for may still happen");
  }

  void explain(plugin::Failure& failure, const std::string& label, std::string_view doing) const {
    auto& error = failure.error;
    const bool late = error.code == Exit::deadline;
    const std::string wish = std::string(doing) + " " + label;
    const bool by_itself = !late && !plugin::is_interrupted(failure);
    // To run it again is no advice to whoever has not looked.
    const bool helps = by_itself && !error.fix.empty() && error.fix != plugin::interrupted().fix;
    const auto own_fix = helps ? "; " + error.fix : std::string();
    if (late)
      error.summary = "the time to " + wish + " is over";
    else if (by_itself || !reached)
      error.summary += " while it was to " + wish;
    if (reached) error.summary += ", but " + label + state.substr(2);
    if (!reached) error.why += (error.why.empty() ? "" : "; ") + state;
    if (!reached)
      error.fix = "look before you run it again: ctys list --all " + label +
                  (late ? "; give it more time with --deadline" : "");
    else
      error.fix = doing == "start"
                      ? "to wait for its guest run the command again: it goes on where it stopped"
                      : "nothing is left to do";
    error.fix += own_fix;
  }
};

bool is_about(const Record& result, const Record& machine) {
  for (const auto field : {Field::uuid, Field::label}) {
    const auto& told = result.get(field);
    const auto& asked = machine.get(field);
    if (!told.empty() && !asked.empty()) return text::equal_ci(told, asked);
  }
  return true;
}

// What may have become of a machine that was to be changed.
bool is_outcome(const Record& record) {
  constexpr std::array<std::string_view, 6> kOutcomes{"done",      "already", "failed",
                                                      "timed-out", "skipped", "unknown"};
  return std::find(kOutcomes.begin(), kOutcomes.end(), record.get(Field::result)) != kOutcomes.end();
}

// Two machines may have one label.
std::string told_apart(const Record& other, const Record& machine) {
  auto name = text::printable(other.get(Field::label));
  if (!text::equal_ci(other.get(Field::label), machine.get(Field::label))) return name;
  return name + " (UUID " + text::printable(other.get(Field::uuid)) + ", not " +
         text::printable(machine.get(Field::uuid)) + ")";
}

// What is wrong with the results for one machine; empty: nothing.
std::optional<Error> complaint_about(const plugin::Outcome& outcome, const Record& machine) {
  const auto& told = outcome.records;
  const auto count = std::count_if(told.begin(), told.end(), is_result);
  const auto other = std::find_if(told.begin(), told.end(), [&](const Record& record) {
    return is_result(record) && !is_about(record, machine);
  });
  const std::string garbage = "the host sent garbage";
  if (other != told.end())
    return Error{Exit::failed, garbage,
                 "it told of " + told_apart(*other, machine) + ", which it was not asked for"};
  if (const auto odd = std::find_if_not(told.begin(), told.end(), is_outcome); odd != told.end())
    return Error{Exit::failed, garbage,
                 "it gave '" + text::printable(odd->get(Field::result)).substr(0, 60) + "' for a result"};
  if (count > 1)
    return Error{Exit::failed, garbage, "it told of the machine " + std::to_string(count) + " times"};
  if (count == 0 && outcome.failures.empty())
    return Error{Exit::failed, "the host gave no result", "the host said nothing about it"};
  return std::nullopt;
}

std::string_view value_in(std::span<const model::Pair> pairs, std::string_view key) {
  const auto at =
      std::find_if(pairs.begin(), pairs.end(), [&](const model::Pair& pair) { return pair.key == key; });
  return at == pairs.end() ? std::string_view() : at->value;
}

std::string doing_of(const wire::Call& call) {
  if (call.verb == wire::Verb::create) return "start";
  if (call.verb == wire::Verb::attribute) return "change";
  const auto method = value_in(call.options, "METHOD");
  constexpr std::array<std::string_view, 4> kWords{"RESET", "REBOOT", "PAUSE", "SUSPEND"};
  return std::find(kWords.begin(), kWords.end(), method) == kWords.end() ? "stop" : text::lower(method);
}

// acting_call() the other way round.
Record machine_of(const wire::Call& call) {
  Record machine;
  machine.set(Field::type, call.type).set(Field::context, call.endpoint);
  const auto add = [&](std::string_view key, Field field) {
    if (const auto value = value_in(call.address, key); !value.empty())
      machine.set(field, std::string(value));
  };
  add("UUID", Field::uuid);
  add("NAME", Field::name);
  add("LABEL", Field::label);
  add("ID", Field::id);
  return machine;
}

}  // namespace

void hold_to_results(std::span<const Record> machines, std::vector<plugin::Outcome>& outcomes) {
  for (std::size_t i = 0; i < machines.size(); ++i) {
    auto error = complaint_about(outcomes[i], machines[i]);
    if (!error) continue;
    outcomes[i].records.clear();
    plugin::Failure failure{*std::move(error), machines[i].get(Field::host), machines[i].get(Field::type)};
    failure.unfinished = true;
    outcomes[i].failures.push_back(std::move(failure));
  }
}

void tell_aftermath(const wire::Call& call, std::vector<plugin::Outcome>& outcomes) {
  const auto machine = machine_of(call);
  tell_aftermath(std::span(&machine, 1), outcomes, doing_of(call));
}

void tell_aftermath(std::span<const Record> machines, std::vector<plugin::Outcome>& outcomes,
                    std::string_view doing, bool may_ask) {
  for (auto& outcome : outcomes) keep_what_was_told(outcome);
  if (std::none_of(outcomes.begin(), outcomes.end(), is_unfinished)) return;
  const auto seen = may_ask ? present(machines, outcomes) : std::vector<Record>();
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (!is_unfinished(outcomes[i])) continue;
    const auto now = std::find_if(seen.begin(), seen.end(), [&](const Record& record) {
      return record.get(Field::type) == machines[i].get(Field::type) &&
             (machines[i].get(Field::uuid).empty() ? record.get(Field::label) == machines[i].get(Field::label)
                                                   : record.get(Field::uuid) == machines[i].get(Field::uuid));
    });
    const Words words(now == seen.end() ? nullptr : &*now, doing);
    bool late = false;
    bool interrupted = false;
    const auto& label = machines[i].get(Field::label);
    for (auto& failure : outcomes[i].failures) {
      if (!failure.unfinished) continue;
      late = failure.error.code == Exit::deadline;
      interrupted = plugin::is_interrupted(failure);
      words.explain(failure, label, doing);
    }
    auto record = machines[i];
    record.set(Field::state, now == seen.end() ? "unknown" : now->get(Field::state));
    // A start may have been told to wait for the guest, too: what runs is not all of it.
    const bool done = words.reached && doing != "start";
    const std::string how = !words.reached ? "not finished, "
                            : late         ? "late, but "
                            : interrupted  ? "interrupted, but "
                                           : "its worker ended, but ";
    outcomes[i].records.push_back(
        record.set(Field::result, done ? "done" : "unknown").set(Field::detail, how + words.state));
  }
}

}  // namespace ctys::action
