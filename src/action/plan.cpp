// What an action would do.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/plan.hpp"

#include "action/acting.hpp"
#include "action/search.hpp"
#include "base/text.hpp"
#include "plugin/collector.hpp"
#include "plugin/worker.hpp"

#include <array>
#include <span>
#include <utility>

namespace ctys::action {
using model::CancelMethod;
using model::CreateMode;
using model::Record;
namespace {

// As the plugins tell it.
Result<void> can_create(const model::CreateOptions& options, const Record& machine) {
  const auto& label = machine.get(Field::label);
  const auto& state = machine.get(Field::state);
  const bool is_up = state == "running" || state == "paused";
  const auto refuse = [&](std::string why, std::string fix) {
    return fail(Exit::refused, "cannot start " + label, std::move(why), std::move(fix));
  };
  const auto start = "start it: ctys start " + label;
  if (state == "crashed" && options.mode != CreateMode::connect)
    return refuse("it has crashed and its process is kept",
                  "look at it with --connect (CONNECT), or restart it: ctys reset " + label);
  if (state == "dumping" && options.mode != CreateMode::connect)
    return refuse("it has crashed and its memory is being dumped",
                  "look at it with --connect (CONNECT), or run the command again when it is done");
  if (options.mode == CreateMode::start && state == "paused")
    return refuse("it is paused", "continue it with --resume (RESUME)");
  if (options.mode == CreateMode::start && is_up)
    return refuse("it is running",
                  "take it as it is with --reuse (REUSE), or attach to it with --connect (CONNECT)");
  if (!options.boot_mode.empty() && is_up)
    return refuse("it is running, from what it was started with", "stop it first: ctys stop " + label);
  if (!options.boot_mode.empty() && state == "saved")
    return refuse("it has a saved state, which another boot would make worthless",
                  "resume it, or drop the state first: ctys stop " + label + " --force");
  if (options.mode == CreateMode::connect && is_off(state))
    return fail(Exit::failed, "cannot connect to " + label, "it is not running", start);
  if (options.mode == CreateMode::resume && (state == "stopped" || state == "defined"))
    return fail(Exit::failed, "cannot resume " + label, "it is neither paused nor saved", start);
  return {};
}

Result<void> can_cancel(const model::CancelOptions& options, const Record& machine) {
  constexpr std::array<std::string_view, 6> kVerbs{"stop",  "reset",   "reboot",
                                                   "pause", "suspend", "change the run level of"};
  const auto& label = machine.get(Field::label);
  const auto& state = machine.get(Field::state);
  if (options.part == model::Part::client) return {};
  const bool is_saving = options.method == CancelMethod::suspend;
  if (is_saving && !options.wait)
    return fail(Exit::refused, "will not suspend without waiting",
                "the state is complete only when all of it is on disk", "leave NOWAIT out");
  const bool ends = options.method == CancelMethod::power_off;
  const auto what =
      "cannot " + std::string(kVerbs.at(static_cast<std::size_t>(options.method))) + " " + label;
  if (state == "crashed" && !ends && options.method != CancelMethod::reset)
    return fail(Exit::refused, what, "it has crashed and its process is kept",
                "restart it: ctys reset " + label + ", or switch it off: ctys stop " + label);
  const bool may_come_after = ends && options.wait;
  if (state == "dumping" && !options.force && !may_come_after)
    return fail(Exit::refused, what, "it has crashed and its memory is being dumped",
                "wait for the end of that (ctys stop does), or lose the dump: ctys kill " + label);
  if (ends || !is_off(state) || (is_saving && state == "saved")) return {};
  return fail(Exit::failed, what, state == "saved" ? "it is saved, not running" : "it is not running",
              "start it: ctys start " + label);
}

// Two run levels are what a hypervisor does by itself.
model::CancelOptions as_carried_out(model::CancelOptions options) {
  constexpr unsigned kReboot = 6;
  if (options.method == CancelMethod::init && options.level == 0) options.method = CancelMethod::power_off;
  if (options.method == CancelMethod::init && options.level == kReboot) options.method = CancelMethod::reboot;
  return options;
}

std::string power_off_step(const model::CancelOptions& options, bool is_saved,
                           std::optional<std::chrono::milliseconds> deadline) {
  constexpr std::chrono::seconds kUsual{20};
  const auto patience = options.delay.value_or(options.timeout.value_or(kUsual));
  const bool at_once = patience.count() == 0 || (options.force && !options.delay && !options.timeout);
  if (at_once) return is_saved ? "drop its saved state" : "power off at once";
  if (!options.wait) return "ask it to shut down, without waiting for it";
  if (deadline && *deadline < patience)
    return "shut down within " + text::seconds(deadline->count()) + ", or fail";
  return "shut down, power off after " + text::seconds(std::chrono::milliseconds(patience).count());
}

// Its guest has crashed: nothing is asked of it.
bool is_still(std::string_view state) {
  return state == "crashed" || state == "dumping";
}

std::string still_off_step(const model::CancelOptions& options, std::string_view state) {
  if (state == "crashed") return "power off at once";
  return options.force ? "power off at once, which loses the dump of its memory"
                       : "wait for the dump of its memory, then power off";
}

// What brings it up, in the state that it is in.
std::string first_step(CreateMode mode, const std::string& state) {
  if (mode == CreateMode::connect)
    return state == "paused" || is_still(state) ? "connect, leave it " + state : "connect";
  if (state == "saved") return "restore it from its saved state";
  if (state == "paused") return "resume it";
  if (state == "running") return "leave it running";
  return mode == CreateMode::start ? "start" : "start unless it is running";
}

}  // namespace

Record planned(const Record& machine, std::string step) {
  Record record = machine;
  return record.set(Field::result, "planned").set(Field::detail, std::move(step));
}

plugin::Outcome planned_questions(const model::Request& request, std::string_view question,
                                  std::optional<wire::Verb> verb) {
  plugin::Outcome plan;
  auto& steps = plan.records;
  const auto types = request.types.empty() ? std::string() : " (" + text::join(request.types, ",") + ")";
  const auto& via = request.where.via;
  const auto who = request.where.chain ? "have " + via.back().name + " ask" : std::string("ask");
  const auto what = who + " by SSH for " + std::string(question) + types;
  for (const auto& target : request.where.targets) {
    Record step;
    if (!target.here) steps.push_back(planned(step.set(Field::host, target.name), what));
  }
  if (!asks_here(request)) return plan;
  const auto calls = reading_calls(request, verb.value_or(wire::Verb::probe), {});
  // Each plugin knows by itself whether a connection is one of its own.
  plugin::Collector collector(verb ? std::span(calls) : std::span<const wire::Call>(), {},
                              plugin::name_endpoints, -1, true);
  plugin::wait_for(collector);
  auto outcomes = collector.take_each();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (verb && outcomes[i].records.empty()) continue;
    Record step;
    step.set(Field::type, calls[i].type);
    steps.push_back(planned(step, "ask for " + std::string(question)));
  }
  auto told = plugin::merged(std::move(outcomes));
  if (verb) tell_unserved(request, told);
  plan.failures = std::move(told.failures);
  return plan;
}

Result<std::string> step_of(const model::CreateOptions& options, const Record& machine) {
  TRY_VOID(can_create(options, machine));
  std::string step = first_step(options.mode, machine.get(Field::state));
  if (options.mode == CreateMode::reconnect) step += ", close its windows";
  if (!options.boot_mode.empty())
    step += ", boot from " + options.boot_mode + (options.boot_path.empty() ? "" : " " + options.boot_path);
  if (options.wait) {
    constexpr const char* kLevels[] = {"nothing", "running", "its network", "ssh", "its agent"};
    step += std::string(", wait for ") + kLevels[static_cast<int>(*options.wait)];
  }
  if (options.ping) step += ", wait for ping";
  if (options.ssh_ping) step += ", wait for ssh";
  if (options.console) {
    constexpr const char* kConsoles[] = {"no console", "its text console", "a terminal window (xterm)",
                                         "a terminal window (gnome-terminal)", "a VNC viewer"};
    step += std::string(", open ") + kConsoles[static_cast<int>(*options.console)];
  }
  return step;
}

Result<std::string> step_of(const model::CancelOptions& given, const Record& machine,
                            std::optional<std::chrono::milliseconds> deadline) {
  const auto options = as_carried_out(given);
  TRY_VOID(can_cancel(options, machine));
  const auto& state = machine.get(Field::state);
  if (options.part == model::Part::client) return "close its windows";
  const bool is_saved = state == "saved";
  const bool switches_off = options.method == CancelMethod::power_off;
  if (is_saved && !(switches_off && options.force)) return "nothing: it is off, its saved state is kept";
  if (state == "stopped" || state == "defined") return "nothing: it is off";
  if (state == "paused" && options.method == CancelMethod::pause) return "nothing: it is paused";
  std::string step;
  switch (options.method) {
    case CancelMethod::power_off:
      step = is_still(state) ? still_off_step(options, state) : power_off_step(options, is_saved, deadline);
      break;
    case CancelMethod::reset:
      step = state == "dumping" ? "give up the dump of its memory, reset" : "reset";
      if (is_still(state) || state == "paused") step += ", resume it";
      break;
    case CancelMethod::reboot:
      step = "reboot through the guest";
      break;
    case CancelMethod::pause:
      step = "pause";
      break;
    case CancelMethod::suspend:
      step = "save to disk";
      break;
    case CancelMethod::init:
      step = "change to run level " + std::to_string(options.level);
      break;
  }
  const bool asks_guest = options.method == CancelMethod::reboot || options.method == CancelMethod::init ||
                          step.starts_with("shut down") || step.starts_with("ask it");
  if (asks_guest && state == "paused") step = "resume it, " + step;
  if (options.part == model::Part::server) step += ", leave its windows";
  return step;
}

}  // namespace ctys::action
