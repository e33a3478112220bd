// CREATE: finds a machine, has it started, and opens its console.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/consoles.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "client/registry.hpp"
#include "client/turn.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <optional>
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
  // RECONNECT: whatever shows the machine now makes room for exactly one new client.
  std::optional<client::Turn> turn;
  if (request.create.mode == CreateMode::reconnect) {
    // The hypervisor itself sees to it that there is one text console only. It may be that of a window, whose
    // opener has the turn until it is open.
    if (console_for(request, machine) != model::Console::cli) turn.emplace(TRY(client::Turn::take(machine)));
    (void)TRY(client::close_all(machine));
  }
  const auto opened = TRY(open(request, machine));
  turn.reset();
  const auto& so_far = machine.get(Field::detail);
  if (!opened.empty()) machine.set(Field::detail, so_far.empty() ? opened : so_far + ", " + opened);
  // WAITC: a pause that the user asked for, not one that stands for a condition.
  const auto pause = static_cast<int>(request.create.wait_client.count() * 1000);
  if (pause > 0) ::poll(nullptr, 0, pause);
  return {};
}

// A plan reads the files that it names, as the action itself would: what is wrong with them, and the labels
// of their machines.
std::vector<plugin::Failure> read_files(const model::Request& request, std::vector<Record>& machines) {
  constexpr int kPatience = 10'000;  // milliseconds
  std::vector<plugin::Failure> failures;
  for (auto& machine : machines) {
    if (machine.get(Field::state) != "defined" || !machine.get(Field::uuid).empty()) continue;
    if (target_of(request, machine) != nullptr) continue;  // the file is not on this host
    wire::Call call;
    call.verb = wire::Verb::enumerate;
    call.type = machine.get(Field::type);
    call.options = {{"FILE", machine.get(Field::id)}};
    call.asked_by_type = acting_call(request, wire::Verb::create, machine).asked_by_type;
    call.deadline_ms = kPatience;
    auto outcome = plugin::collect(std::span(&call, 1), {});
    for (auto& failure : outcome.failures) failures.push_back(std::move(failure));
    if (!outcome.records.empty()) machine = std::move(outcome.records.front());
  }
  return failures;
}

// Whoever names a file means what stands in it now, also where a machine was made of it before.
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

plugin::Outcome start_all(const model::Request& request, const std::vector<Record>& machines) {
  std::vector<wire::Call> calls;
  for (const auto& machine : machines) {
    calls.push_back(acting_call(request, wire::Verb::create, machine));
    calls.back().options = options_of(request);
    if (is_by_file(request, machine)) calls.back().options.push_back({"BYFILE", ""});
    if (!calls.back().deadline_ms) calls.back().deadline_ms = kStartDeadline;
  }
  return plugin::merged(act(request, calls, machines, "start"));
}

}  // namespace

Exit create(const model::Request& request) {
  auto resolved = resolve(request, true);
  if (!resolved.failures.empty())
    return finish(model::Layout::result, {{}, std::move(resolved.failures)}, request);
  if (const auto ready = can_open(request, resolved.machines.size()); !ready)
    return finish(ready.error(), request);
  if (request.plan) {
    plugin::Outcome plan;
    plan.failures = read_files(request, resolved.machines);
    if (!plan.failures.empty()) return finish(model::Layout::result, plan, request);
    plan.failures = std::move(resolved.silent);
    auto chosen = request.create;
    for (const auto& machine : resolved.machines) {
      chosen.console = console_for(request, machine);
      plan.records.push_back(planned(machine, step_of(chosen, machine.get(Field::state))));
    }
    return finish(model::Layout::result, plan, request);
  }
  auto outcome = start_all(request, resolved.machines);
  std::move(resolved.silent.begin(), resolved.silent.end(), std::back_inserter(outcome.failures));
  // The text console takes over this terminal: what was started is said before.
  const bool takes_over = outcome.records.size() == 1 && outcome.failures.empty() &&
                          console_for(request, outcome.records.front()) == model::Console::cli;
  if (takes_over) {
    auto& machine = outcome.records.front();
    auto opened = open_console(request, machine);
    if (opened) return Exit::ok;
    if (target_of(request, machine) == nullptr) return finish(opened.error(), request);
    return finish(model::Layout::result, {{}, {failure_of(machine, std::move(opened).error())}}, request);
  }
  for (auto& machine : outcome.records)
    if (machine.get(Field::result) == "unknown")
      continue;
    else if (auto opened = open_console(request, machine); !opened)
      outcome.failures.push_back(failure_of(machine, std::move(opened).error()));
  return finish(model::Layout::result, outcome, request);
}

}  // namespace ctys::action
