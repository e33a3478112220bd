// CREATE: finds a machine, has it started, and opens its console.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/consoles.hpp"
#include "action/finish.hpp"
#include "action/foresight.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "client/registry.hpp"
#include "client/turn.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace ctys::action {
using model::CreateMode;
using model::Pair;
using model::Record;
namespace {

constexpr int kStartDeadline = 120'000;  // milliseconds, unless --deadline says otherwise

std::string tries(const model::Probe& probe) {
  return std::to_string(probe.tries) + "%" + std::to_string(probe.pause.count());
}

std::vector<Pair> options_of(const model::Request& request) {
  constexpr const char* kModes[] = {"START", "CONNECT", "REUSE", "RECONNECT", "RESUME"};
  constexpr const char* kLevels[] = {"none", "running", "net", "ssh", "agent"};
  const auto& create = request.create;
  std::vector<Pair> options{{"MODE", kModes[static_cast<int>(create.mode)]}};
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) options.push_back({key, value});
  };
  add("BOOTMODE", create.boot_mode);
  add("BOOTPATH", create.boot_path);
  add("INITRD", create.initrd);
  add("APPEND", create.append);
  if (create.wait) add("WAIT", kLevels[static_cast<int>(*create.wait)]);
  if (create.ping) add("PING", tries(*create.ping));
  if (create.ssh_ping) add("SSHPING", tries(*create.ssh_ping));
  if (create.wait_server.count() > 0) add("WAITS", std::to_string(create.wait_server.count()));
  if (request.allow_ambiguous) options.push_back({"AMBIGUOUS", ""});
  return options;
}

Result<void> open_console(const model::Request& request, Record& machine) {
  const bool replaces = request.create.mode == CreateMode::reconnect;
  const auto kind = console_for(request, machine);
  // There is one text console only, and whoever opens a window with it has the turn until it is open: a
  // second one that comes meanwhile sees that it is taken. In this terminal the hypervisor itself sees to
  // that.
  const bool is_terminal = kind == model::Console::xterm || kind == model::Console::gterm;
  std::optional<client::Turn> turn;
  if (is_terminal || (replaces && kind != model::Console::cli))
    turn.emplace(TRY(client::Turn::take(machine)));
  // RECONNECT: whatever shows the machine now makes room for exactly one new client.
  if (replaces) (void)TRY(client::close_all(machine));
  const auto opened = TRY(open(request, machine));
  turn.reset();
  const auto& so_far = machine.get(Field::detail);
  if (!opened.empty()) machine.set(Field::detail, so_far.empty() ? opened : so_far + ", " + opened);
  // WAITC: a pause that the user asked for, not one that stands for a condition.
  const auto pause = static_cast<int>(request.create.wait_client.count() * 1000);
  if (pause > 0) ::poll(nullptr, 0, pause);
  return {};
}

std::vector<wire::Call> start_calls(const model::Request& request, std::span<const Record> machines) {
  std::vector<wire::Call> calls;
  for (const auto& machine : machines) {
    calls.push_back(acting_call(request, wire::Verb::create, machine));
    calls.back().options = options_of(request);
    // What cannot be shown as its user wants is not started for it.
    if (const auto console = needed_console(request, machine); !console.empty())
      calls.back().options.push_back({"CONSOLE", std::string(console)});
    if (is_by_file(request, machine)) calls.back().options.push_back({"BYFILE", ""});
    if (!calls.back().deadline_ms) calls.back().deadline_ms = kStartDeadline;
  }
  return calls;
}

plugin::Outcome start_all(const model::Request& request, const std::vector<Record>& machines) {
  return plugin::merged(act(request, start_calls(request, machines), machines, "start"));
}

// What would be done with the machine, or why nothing would be.
Result<std::string> next_step(const model::Request& request, const Record& machine) {
  auto chosen = request.create;
  chosen.console = console_for(request, machine);
  // Whoever allows a second session of a machine gets the one there is.
  if (request.allow_ambiguous && chosen.mode == CreateMode::start) chosen.mode = CreateMode::reuse;
  auto step = TRY(step_of(chosen, machine));
  TRY_VOID(can_open_on(request, machine));
  return step;
}

// Of several machines none is started where it can be seen that one will be refused.
std::vector<plugin::Failure> refusals(const model::Request& request, const std::vector<Record>& machines) {
  std::vector<plugin::Failure> refused;
  if (machines.size() < 2) return refused;
  for (const auto& machine : machines)
    if (auto step = next_step(request, machine); !step && step.error().code == Exit::refused)
      refused.push_back(failure_of(machine, std::move(step).error()));
  tell_nothing_was_done(refused);
  return refused;
}

// What the machine itself may lack is known by its plugin alone.
bool wants_parts(const model::Request& request, const Record& machine) {
  const auto& create = request.create;
  return !create.boot_mode.empty() || create.wait == model::WaitFor::agent ||
         !needed_console(request, machine).empty();
}

// A plan reads the files that it names, as the action itself would, and tells what would be refused.
plugin::Outcome plan_to_create(const model::Request& request, std::vector<Record> machines) {
  plugin::Outcome plan;
  std::vector<Doubt> doubts;
  for (auto& machine : machines) {
    const auto meant = machine;
    auto definition = read_definition(request, machine);
    auto step = next_step(request, machine);
    if (step && definition.failures.empty()) {
      if (wants_parts(request, machine))
        doubts.push_back({start_calls(request, std::span(&meant, 1)).front(), meant, plan.records.size()});
      plan.records.push_back(
          planned(machine, (definition.step.empty() ? "" : definition.step + ", ") + *step));
    }
    if (!step) definition.failures.push_back(failure_of(machine, std::move(step).error()));
    std::move(definition.failures.begin(), definition.failures.end(), std::back_inserter(plan.failures));
  }
  resolve_doubts(request, std::move(doubts), plan);
  return plan;
}

}  // namespace

Exit create(const model::Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  auto resolved = resolve(request, true);
  if (!resolved.failures.empty())
    return finish(model::Layout::result, {{}, std::move(resolved.failures)}, request);
  if (const auto ready = can_open(request, resolved.machines.size()); !ready)
    return finish(ready.error(), request);
  if (auto refused = refusals(request, resolved.machines); !refused.empty())
    return finish(model::Layout::result, {{}, std::move(refused)}, request);
  if (request.plan) {
    auto plan = plan_to_create(rest_for_deed(request, begin), std::move(resolved.machines));
    std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(plan.failures));
    return finish(model::Layout::result, plan, request);
  }
  auto outcome = start_all(rest_for_deed(request, begin), resolved.machines);
  std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(outcome.failures));
  // The text console takes over this terminal: what was started is said before.
  const bool takes_over = outcome.records.size() == 1 && outcome.failures.empty() &&
                          console_for(request, outcome.records.front()) == model::Console::cli;
  if (takes_over) {
    auto& machine = outcome.records.front();
    auto opened = open_console(rest_for_deed(request, begin), machine);
    if (opened) return Exit::ok;
    if (target_of(request, machine) == nullptr) return finish(opened.error(), request);
    return finish(model::Layout::result, {{}, {failure_of(machine, std::move(opened).error())}}, request);
  }
  for (auto& machine : outcome.records)
    if (machine.get(Field::result) == "unknown")
      continue;
    else if (auto opened = open_console(rest_for_deed(request, begin), machine); !opened)
      outcome.failures.push_back(failure_of(machine, std::move(opened).error()));
  return finish(model::Layout::result, outcome, request);
}

}  // namespace ctys::action
