// Which console CREATE opens on a machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/consoles.hpp"

#include "action/acting.hpp"
#include "action/far_console.hpp"
#include "action/search.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "client/console.hpp"
#include "client/far_viewer.hpp"
#include "client/viewer.hpp"
#include "plugin/collector.hpp"
#include "plugin/worker.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"
#include "ui/terminal.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ctys::action {
using model::Console;
namespace {

client::Window window_of(const model::Request& request, const model::Target* target = nullptr) {
  client::Window window{request.display,
                        request.geometry,
                        request.create.vnc_port,
                        request.create.mode == model::CreateMode::reconnect,
                        {},
                        request.deadline};
  if (target == nullptr) return window;
  window.way = {"--on", model::text_of(*target)};
  std::string via;
  for (const auto& hop : request.where.via) via.append(via.empty() ? "" : ",").append(model::text_of(hop));
  if (!via.empty()) window.way.insert(window.way.end(), {"--via", via});
  if (!request.where.may_copy) window.way.emplace_back("--no-copy");
  return window;
}

std::optional<Console> console_named(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Console>, 5> kWords{{{"NONE", Console::none},
                                                                        {"CLI", Console::cli},
                                                                        {"XTERM", Console::xterm},
                                                                        {"GTERM", Console::gterm},
                                                                        {"VNC", Console::vnc}}};
  for (const auto& [name, kind] : kWords)
    if (text::equal_ci(word, name)) return kind;
  return std::nullopt;
}

// No console comes through gateways that log in by themselves.
bool is_out_of_reach(const model::Request& request, const model::Record& machine) {
  return request.where.chain && target_of(request, machine) != nullptr;
}

// Why none is opened, where nobody said that none is wanted.
std::string why_none(const model::Request& request, const model::Record& machine) {
  if (is_out_of_reach(request, machine))
    return "no console opened: none comes through gateways that log in by themselves (--chain)";
  const auto preferred = console_named(machine.get(Field::default_console));
  if (preferred == Console::none)
    return "no console opened: its DEFAULTCONSOLE is NONE; choose one, e.g. --console cli";
  const bool has_display = client::can_open(Console::vnc, window_of(request)).has_value();
  std::string why = has_display ? "it has no VNC display" : "no X display";
  if (preferred == Console::xterm || preferred == Console::gterm)
    if (const auto window = client::can_open(*preferred, window_of(request)); !window)
      why = window.error().why.empty() ? window.error().summary : window.error().why;
  return "no console opened: " + why + " and no terminal here";
}

// What a machine is given instead of a console that nobody knows.
void tell_unknown(const model::Request& request, const model::Record& machine) {
  const auto& wanted = machine.get(Field::default_console);
  if (request.server_only || request.create.console || wanted.empty() || console_named(wanted)) return;
  log::write(log::Severity::warning, "console",
             text::printable(machine.get(Field::label)) + ": there is no console '" +
                 text::printable(wanted) +
                 "', its DEFAULTCONSOLE is ignored; set one of NONE, CLI, XTERM, GTERM, VNC: ctys attribute "
                 "set " +
                 text::printable(machine.get(Field::label)) + " DEFAULTCONSOLE CLI");
}

// A call whose bytes come and go, made to this host or to the target.
client::Session session_of(const model::Request& request, const model::Target* target, wire::Call call,
                           const plugin::Options& how) {
  if (target == nullptr)
    return {[call = std::move(call), how](Fd stream) -> std::unique_ptr<plugin::Gathering> {
              return std::make_unique<plugin::Collector>(std::span(&call, 1), how, plugin::serve,
                                                         stream.get(), true);
            },
            false, request.deadline};
  return {[job = remote::Job{*target, std::move(call)}, way = way_of(request),
           how](Fd stream) -> std::unique_ptr<plugin::Gathering> {
            return std::make_unique<remote::Links>(std::vector<remote::Job>{job}, way, how,
                                                   std::move(stream));
          },
          true, request.deadline};
}

// In this terminal, which shows what is waited for until the console is open.
Result<void> attach(const model::Request& request, wire::Call call, const model::Record& machine) {
  if (request.create.mode == model::CreateMode::reconnect) call.options.push_back({"FORCE", ""});
  if (request.deadline) call.options.push_back({"PATIENCE", std::to_string(request.deadline->count())});
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto session = session_of(request, target_of(request, machine), std::move(call), how);
  session.opened = [&] { progress.erase(); };
  return client::attach(session, machine, request.create.escape);
}

bool opens_here(Console kind, const model::Request& request, const model::Record& machine) {
  if (kind == Console::none) return true;
  if (kind == Console::cli) return client::can_attach().has_value();
  if (kind == Console::vnc && machine.get(Field::client_port).empty() && machine.get(Field::listen).empty())
    return false;
  return client::can_open(kind, window_of(request)).has_value();
}

}  // namespace

Console console_for(const model::Request& request, const model::Record& machine) {
  if (request.server_only || is_out_of_reach(request, machine)) return Console::none;
  if (request.create.console) return *request.create.console;
  if (const auto preferred = console_named(machine.get(Field::default_console)))
    if (opens_here(*preferred, request, machine)) return *preferred;
  for (const auto kind : {Console::vnc, Console::cli})
    if (opens_here(kind, request, machine)) return kind;
  return Console::none;
}

std::string_view needed_console(const model::Request& request, const model::Record& machine) {
  const auto& asked = request.create.console;
  if (request.server_only || asked == Console::none || is_out_of_reach(request, machine)) return {};
  if (asked == Console::vnc) return request.create.vnc_port.empty() ? "VNC" : "";
  if (asked) return "CLI";
  const auto preferred = console_named(machine.get(Field::default_console));
  const bool has_terminal = opens_here(Console::cli, request, machine);
  if (preferred == Console::none || (!has_terminal && preferred == Console::cli)) return {};
  if (preferred && preferred != Console::vnc && opens_here(*preferred, request, machine)) return "CLI";
  if (!has_terminal) return {};  // without any it is started all the same, and that is told
  return client::can_open(Console::vnc, window_of(request)) ? "ANY" : "CLI";
}

Result<void> can_open(const model::Request& request, std::size_t machines) {
  if (request.server_only || !request.create.console || *request.create.console == Console::none) return {};
  (void)TRY(paths::runtime_dir());  // where the client will be entered
  if (*request.create.console != Console::cli)
    return client::can_open(*request.create.console, window_of(request));
  if (machines > 1)
    return fail(Exit::usage, "cannot open " + std::to_string(machines) + " text consoles in one terminal", {},
                "name one machine, or choose --console xterm");
  return client::can_attach();
}

Result<void> can_open_on(const model::Request& request, const model::Record& machine) {
  if (is_off(machine.get(Field::state))) return {};
  const auto kind = console_for(request, machine);
  if (kind == Console::vnc) (void)TRY(client::vnc_place(machine, window_of(request)));
  if (kind != Console::none && kind != Console::vnc)
    TRY_VOID(client::console_is_free(machine, window_of(request)));
  return {};
}

Result<std::string> open(const model::Request& request, const model::Record& machine) {
  tell_unknown(request, machine);
  const auto kind = console_for(request, machine);
  const bool unwanted = request.server_only || request.create.console == Console::none;
  if (kind == Console::none) return unwanted ? std::string() : why_none(request, machine);
  const auto* target = target_of(request, machine);
  auto call = acting_call(request, wire::Verb::console, machine);
  call.deadline_ms.reset();  // a session lasts as long as its user likes
  const auto window = window_of(request, target);
  if (kind == Console::vnc && target != nullptr) {
    call.options.push_back({std::string(kDisplay), TRY(client::vnc_place(machine, window))});
    TRY_VOID(client::open_far_viewer(session_of(request, target, std::move(call), {}), machine, window));
    return std::string("viewer opened");
  }
  if (kind != Console::cli) {
    TRY_VOID(client::open_window(kind, machine, window));
    return std::string(kind == Console::vnc ? "viewer opened" : "terminal window opened");
  }
  TRY_VOID(attach(request, std::move(call), machine));
  return std::string("console left");
}

}  // namespace ctys::action
