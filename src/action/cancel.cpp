// CANCEL: stops machines, and the windows on them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/foresight.hpp"
#include "action/match.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "client/registry.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::action {
using model::CancelMethod;
using model::Pair;
using model::Part;
using model::Record;
namespace {

using std::chrono::seconds;

std::vector<Pair> options_of(const model::CancelOptions& cancel) {
  constexpr const char* kMethods[] = {"POWEROFF", "RESET", "REBOOT", "PAUSE", "SUSPEND", "INIT"};
  std::vector<Pair> options{{"METHOD", kMethods[static_cast<int>(cancel.method)]}};
  if (cancel.delay) options.push_back({"DELAY", std::to_string(cancel.delay->count())});
  if (cancel.timeout) options.push_back({"TIMEOUT", std::to_string(cancel.timeout->count())});
  if (cancel.method == CancelMethod::init) options.push_back({"LEVEL", std::to_string(cancel.level)});
  if (cancel.force) options.push_back({"FORCE", ""});
  if (!cancel.wait) options.push_back({"NOWAIT", ""});
  return options;
}

// Room for the guest's own time, the force after it, and the proof.
int deadline_of(const model::CancelOptions& cancel) {
  constexpr seconds kDefault{20};
  constexpr seconds kProof{60};
  const auto patience = std::max(cancel.delay.value_or(kDefault), cancel.timeout.value_or(kDefault));
  return static_cast<int>(std::chrono::milliseconds(std::min(patience, seconds(86400)) + kProof).count());
}

std::string_view word_for(CancelMethod method) {
  constexpr std::array<std::string_view, 6> kWords{"stop", "reset", "reboot", "pause", "suspend", "stop"};
  return kWords.at(static_cast<std::size_t>(method));
}

// Of a window on the machine.
bool shows_nothing(const Record& machine) {
  const auto& state = machine.get(Field::state);
  return is_off(state) || state == "crashed";
}

// Who is to be stopped, or what is wrong with the addresses: then nothing is stopped at all.
Resolved victims(const model::Request& request) {
  if (request.cancel.all) {
    auto seen = ask(for_look_up(request), wire::Verb::list, {});
    std::erase_if(seen.records, [&](const Record& record) { return !in_scope(request.scope, record); });
    Resolved all{std::move(seen.records), {}, std::move(seen.failures)};
    if (auto twice = told_twice(all.machines)) all.failures.push_back(*std::move(twice));
    set_doubtful_aside(all.machines, all.silent);
    return all;
  }
  auto resolved = resolve(request, false);
  for (const auto& machine : resolved.machines)
    if (!in_scope(request.scope, machine))
      resolved.failures.push_back(
          failure_of(machine, {Exit::refused, machine.get(Field::label) + " is not stopped",
                               "it belongs to " + machine.get(Field::user) + ", which is not whom you named",
                               "name its owner, or nobody"}));
  return resolved;
}

std::string windows(unsigned count) {
  return std::to_string(count) + (count == 1 ? " window" : " windows") + " closed";
}

plugin::Outcome close_only(const model::Request& request, const std::vector<Record>& machines) {
  if (const auto late = too_late(request))
    return plugin::merged(not_begun(*late, machines, "close the windows of"));
  plugin::Outcome outcome;
  for (const auto& machine : machines) {
    auto closed = client::close_all(machine);
    if (!closed) {
      outcome.failures.push_back(failure_of(machine, std::move(closed).error()));
      continue;
    }
    auto record = machine;
    record.set(Field::result, *closed == 0 ? "already" : "done").set(Field::detail, windows(*closed));
    outcome.records.push_back(std::move(record));
  }
  return outcome;
}

wire::Call call_of(const model::Request& request, const Record& machine) {
  auto call = acting_call(request, wire::Verb::cancel, machine);
  call.options = options_of(request.cancel);
  if (!call.deadline_ms) call.deadline_ms = deadline_of(request.cancel);
  return call;
}

plugin::Outcome stop_all(const model::Request& request, const std::vector<Record>& machines) {
  std::vector<wire::Call> calls;
  calls.reserve(machines.size());
  for (const auto& machine : machines) calls.push_back(call_of(request, machine));
  auto outcomes = act(request, calls, machines, word_for(request.cancel.method));
  for (auto& outcome : outcomes) {
    for (const auto& record : outcome.records) {
      // A window on a machine that is gone shows nothing; one on a paused or rebooting machine goes on.
      if (request.cancel.part == Part::server || !shows_nothing(record)) continue;
      if (auto closed = client::close_all(record); !closed)
        outcome.failures.push_back(failure_of(record, std::move(closed).error()));
    }
  }
  return plugin::merged(std::move(outcomes));
}

// Does any process of this host look like a virtual machine's?
bool emulator_runs() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto name = read_file(entry.path() / "comm", 64);
    if (name && (name->starts_with("qemu") || name->starts_with("kvm") || name->starts_with("VBox")))
      return true;
  }
  return false;
}

// SELF: ends this host, once nothing runs on it any more.
Result<void> end_this_host(const model::Request& request) {
  if (auto late = too_late(request)) return tl::unexpected<Error>(*std::move(late));
  model::Request everything;
  everything.cancel.self = true;
  everything.deadline = request.deadline;
  everything.whole_deadline = request.whole_deadline;
  const auto left = ask(everything, wire::Verb::list, {});
  // Machines outlive the daemon that started them: where it cannot be reached, their processes count.
  for (const auto& failure : left.failures)
    if (failure.error.code != Exit::unreachable || emulator_runs())
      return fail(Exit::refused, "this host is not ended",
                  "cannot see whether machines run on it: " + failure.error.summary,
                  "mend that first; 'ctys doctor' shows what is wrong");
  if (!left.records.empty())
    return fail(Exit::refused, "this host is not ended",
                std::to_string(left.records.size()) + " machines still run on it, one is " +
                    left.records.front().get(Field::label),
                "stop them first: ctys cancel --all --self");
  const bool reboot = request.cancel.method == CancelMethod::reboot;
  const std::array<std::string, 2> systemd{"systemctl", reboot ? "reboot" : "poweroff"};
  const std::array<std::string, 1> classic{reboot ? "reboot" : "poweroff"};
  const bool has_systemd = find_program("systemctl") && ::access("/run/systemd/system", F_OK) == 0;
  const int status = TRY(has_systemd ? run_program(systemd) : run_program(classic));
  if (status != 0)
    return fail(Exit::failed, "cannot end this host",
                classic[0] + " ended with status " + std::to_string(status), "run ctys as root");
  return {};
}

// What the machine itself may lack, and ways that exclude each other, are known by its plugin alone.
bool is_doubtful(const model::CancelOptions& cancel, const Record& machine) {
  if (cancel.part == Part::client || is_off(machine.get(Field::state))) return false;
  const bool by_guest = cancel.method == CancelMethod::init || cancel.method == CancelMethod::reboot;
  return cancel.method == CancelMethod::suspend || cancel.method == CancelMethod::init ||
         (by_guest && cancel.force);
}

plugin::Outcome plan_to_cancel(const model::Request& request, const std::vector<Record>& machines) {
  plugin::Outcome plan;
  std::vector<Doubt> doubts;
  for (const auto& machine : machines) {
    auto step = step_of(request.cancel, machine, request.whole_deadline);
    if (!step) {
      plan.failures.push_back(failure_of(machine, std::move(step).error()));
      continue;
    }
    if (is_doubtful(request.cancel, machine))
      doubts.push_back({call_of(request, machine), machine, plan.records.size()});
    plan.records.push_back(planned(machine, *std::move(step)));
  }
  resolve_doubts(request, std::move(doubts), plan);
  return plan;
}

}  // namespace

Exit cancel(const model::Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  auto who = victims(request);
  const auto rest = rest_for_deed(request, begin);
  if (!who.failures.empty()) return finish(model::Layout::result, {{}, std::move(who.failures)}, request);
  if (request.plan) {
    auto plan = plan_to_cancel(rest, who.machines);
    std::move(who.silent.begin(), who.silent.end(), std::back_inserter(plan.failures));
    if (request.cancel.self) {
      Record host;
      host.set(Field::host, paths::host_name()).set(Field::label, paths::host_name()).set(Field::type, "PM");
      plan.records.push_back(planned(host, "end this host, once no machine runs on it"));
    }
    return finish(model::Layout::result, plan, request);
  }
  auto outcome =
      request.cancel.part == Part::client ? close_only(rest, who.machines) : stop_all(rest, who.machines);
  for (auto& failure : who.silent) outcome.failures.push_back(std::move(failure));
  if (request.cancel.self && outcome.failures.empty())
    if (auto ended = end_this_host(rest_for_deed(request, begin)); !ended)
      outcome.failures.push_back({std::move(ended).error(), paths::host_name(), {}});
  return finish(model::Layout::result, outcome, request);
}

}  // namespace ctys::action
