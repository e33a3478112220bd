// INFO and SHOW: reports about this host, and what its plugins add.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/answer.hpp"
#include "action/finish.hpp"
#include "action/host_facts.hpp"
#include "action/match.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <iterator>

namespace ctys::action {
using model::Record;
namespace {

// A plugin's probe as lines of the report.
void add_probe(std::vector<Record>& lines, const Record& probe) {
  const auto add = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    Record line;
    line.set(Field::host, probe.get(Field::host)).set(Field::type, probe.get(Field::type));
    line.set(Field::topic, probe.get(Field::type)).set(Field::key, key).set(Field::value, value);
    lines.push_back(std::move(line));
  };
  add("state", probe.get(Field::state));
  add("detail", probe.get(Field::detail));
  add("connection", probe.get(Field::context));
  add("accelerator", probe.get(Field::accelerator));
  add("release", probe.get(Field::hyper_rel_run));
  add(probe.get(Field::category) == "PMs" ? "PM-CAPABILITY" : "VM-CAPABILITY", probe.get(Field::capability));
}

// Who is named and not there, and machines that have no figures, are told.
void tell_missing(plugin::Outcome& outcome, const Record& machine) {
  if (std::any_of(outcome.records.begin(), outcome.records.end(),
                  [&](const Record& line) { return same_machine(line, machine); }))
    return;
  const auto& state = machine.get(Field::state);
  const bool off = is_off(state);
  if (!off && !outcome.failures.empty()) return;  // which tells why nothing is known of it
  outcome.failures.push_back(failure_of(
      machine, {Exit::nothing, "there are no figures of " + text::printable(machine.get(Field::label)),
                off ? "it does not run: " + state : "it is " + state + ", and its hypervisor told none",
                off ? "start it: ctys start " + text::printable(machine.get(Field::label)) : "try again"}));
}

// The figures of exactly these machines, each machine's together and in their order. Another one, whose
// process hangs, keeps nobody waiting.
plugin::Outcome figures_of(const model::Request& request, const std::vector<Record>& machines) {
  auto narrow = request;
  std::vector<model::Pair> options;
  for (const auto& machine : machines) {
    if (is_off(machine.get(Field::state))) continue;
    options.push_back({"UUID", machine.get(Field::uuid)});
    auto& types = narrow.types;
    const auto& type = machine.get(Field::type);
    if (request.types.empty() && std::find(types.begin(), types.end(), type) == types.end())
      types.push_back(type);
  }
  plugin::Outcome outcome;
  if (!options.empty()) outcome = ask(narrow, wire::Verb::show, options);
  std::vector<Record> lines;
  for (const auto& machine : machines)
    std::copy_if(outcome.records.begin(), outcome.records.end(), std::back_inserter(lines),
                 [&](const Record& line) { return same_machine(line, machine); });
  outcome.records = std::move(lines);
  for (const auto& machine : machines) tell_missing(outcome, machine);
  return outcome;
}

// Hosts that may have more machines of these names, and were not asked for figures.
void tell_unseen(plugin::Outcome& outcome, const std::vector<plugin::Failure>& failures,
                 const std::vector<Record>& machines) {
  for (const auto& failure : failures) {
    const bool told = std::any_of(outcome.failures.begin(), outcome.failures.end(),
                                  [&](const plugin::Failure& other) { return other.host == failure.host; });
    if (!told && std::any_of(machines.begin(), machines.end(), [&](const Record& machine) {
          return keeps_another_host_unseen(failure, machine);
        }))
      outcome.failures.push_back(failure);
  }
}

plugin::Outcome figures_of_named(const model::Request& request) {
  auto looked = find_machines(request, false, Purpose::reading);
  if (!looked) return {{}, {{std::move(looked).error(), {}, {}}}};
  if (plugin::asked_to_end() != 0) return {{}, std::move(looked->failures)};
  std::vector<Record> machines;
  std::vector<plugin::Failure> mistakes;
  bool all_found = true;
  for (const auto& target : looked->targets) {
    for (const auto& match : target.matches)
      if (auto error = mistaken(target, match))
        mistakes.push_back(failure_of(match, *std::move(error)));
      else
        add_once(machines, match);
    all_found = all_found && !target.matches.empty();
  }
  auto outcome = figures_of(request, machines);
  std::move(mistakes.begin(), mistakes.end(), std::back_inserter(outcome.failures));
  if (all_found) {
    tell_unseen(outcome, looked->failures, machines);
    return outcome;
  }
  for (const auto& target : looked->targets)
    if (target.matches.empty() && (looked->failures.empty() || target.known.contradicted)) {
      outcome.failures.push_back(no_machine(target.address, "machine"));
      explain_missing(target.known, outcome.failures.back().error);
    }
  // Whoever could not be asked may know it.
  std::move(looked->failures.begin(), looked->failures.end(), std::back_inserter(outcome.failures));
  return outcome;
}

plugin::Outcome figures_of_all(const model::Request& request) {
  auto sessions = ask(request, wire::Verb::show, {}, {{std::string(kFigures), ""}});
  plugin::Outcome outcome{{}, std::move(sessions.failures)};
  if (asks_here(request)) outcome.records = host_figures();
  std::move(sessions.records.begin(), sessions.records.end(), std::back_inserter(outcome.records));
  return outcome;
}

// Several hosts: each in one piece, and every line says whose it is.
void by_host(std::vector<Record>& lines, const model::Request& request) {
  if (!asks_elsewhere(request)) return;
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Record& a, const Record& b) { return a.get(Field::host) < b.get(Field::host); });
  if (request.output.format != model::Format::automatic) return;
  for (auto& line : lines) line.set(Field::topic, line.get(Field::host) + ": " + line.get(Field::topic));
}

}  // namespace

Exit info(const model::Request& request) {
  if (request.plan)
    return finish(model::Layout::result, planned_questions(request, "its capabilities", wire::Verb::probe),
                  request);
  auto probes = ask(request, wire::Verb::probe, {}, {{std::string(kFacts), ""}});
  plugin::Outcome outcome{{}, std::move(probes.failures)};
  if (asks_here(request)) outcome.records = host_facts();
  for (auto& probe : probes.records) {
    if (probe.get(Field::topic).empty())
      add_probe(outcome.records, probe);
    else  // a fact of another host
      outcome.records.push_back(std::move(probe));
  }
  by_host(outcome.records, request);
  return finish(model::Layout::report, outcome, request);
}

Exit show(const model::Request& request) {
  if (request.plan)
    return finish(model::Layout::result, planned_questions(request, "its figures", wire::Verb::show),
                  request);
  auto outcome = request.machines.empty() ? figures_of_all(request) : figures_of_named(request);
  by_host(outcome.records, request);
  const auto status = finish(model::Layout::report, outcome, request);
  return outcome.records.empty() ? worse(status, Exit::nothing) : status;
}

}  // namespace ctys::action
