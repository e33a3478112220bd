// What an action would do.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/plan.hpp"

#include "action/search.hpp"
#include "base/text.hpp"

namespace ctys::action {
using model::Record;

Record planned(const Record& machine, std::string step) {
  Record record = machine;
  return record.set(Field::result, "planned").set(Field::detail, std::move(step));
}

std::vector<Record> planned_questions(const model::Request& request, std::string_view question) {
  std::vector<Record> steps;
  const auto types = request.types.empty() ? std::string() : " (" + text::join(request.types, ",") + ")";
  const auto& via = request.where.via;
  const auto who = request.where.chain ? "have " + via.back().name + " ask" : std::string("ask");
  const auto what = who + " by SSH for " + std::string(question) + types;
  for (const auto& target : request.where.targets) {
    Record step;
    if (!target.here) steps.push_back(planned(step.set(Field::host, target.name), what));
  }
  if (!asks_here(request)) return steps;
  for (const auto& call : reading_calls(request, wire::Verb::list, {})) {
    Record step;
    step.set(Field::type, call.type);
    steps.push_back(planned(step, "ask for " + std::string(question)));
  }
  return steps;
}

std::string step_of(const model::CreateOptions& options, std::string_view state) {
  const bool is_off = state == "stopped" || state == "saved" || state == "defined";
  if (options.mode == model::CreateMode::connect && is_off) return "nothing: it is not running";
  if (options.mode == model::CreateMode::start && state == "running") return "nothing: it is running";
  std::string step;
  switch (options.mode) {
    case model::CreateMode::start:
      step = "start";
      break;
    case model::CreateMode::connect:
      step = "connect, it must be running";
      break;
    case model::CreateMode::reuse:
      step = "start unless it is running";
      break;
    case model::CreateMode::reconnect:
      step = "start unless it is running, close its windows";
      break;
    case model::CreateMode::resume:
      step = "resume";
      break;
  }
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

std::string step_of(const model::CancelOptions& options, std::string_view state) {
  if (options.part == model::Part::client) return "close its windows";
  const bool is_saved = state == "saved";
  const bool switches_off = options.method == model::CancelMethod::power_off;
  if (is_saved && !(switches_off && options.force)) return "nothing: it is off, its saved state is kept";
  if (state == "stopped" || state == "defined") return "nothing: it is off";
  const auto seconds = [](std::chrono::seconds s) { return std::to_string(s.count()) + " s"; };
  std::string step;
  switch (options.method) {
    case model::CancelMethod::power_off:
      step = options.force && !options.delay && !options.timeout
                 ? (is_saved ? "drop its saved state" : "power off at once")
                 : "shut down, power off after " +
                       seconds(options.delay.value_or(options.timeout.value_or(std::chrono::seconds(20))));
      break;
    case model::CancelMethod::reset:
      step = "reset";
      break;
    case model::CancelMethod::reboot:
      step = "reboot through the guest";
      break;
    case model::CancelMethod::pause:
      step = "pause";
      break;
    case model::CancelMethod::suspend:
      step = "save to disk";
      break;
    case model::CancelMethod::init:
      step = "change to run level " + std::to_string(options.level);
      break;
  }
  if (options.part == model::Part::server) step += ", leave its windows";
  return step;
}

}  // namespace ctys::action
