// Which console CREATE opens on a machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/consoles.hpp"

#include "action/acting.hpp"
#include "action/search.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "client/console.hpp"
#include "client/viewer.hpp"

#include <array>
#include <optional>
#include <utility>

namespace ctys::action {
using model::Console;
namespace {

client::Window window_of(const model::Request& request) {
  return {request.display, request.geometry, request.create.vnc_port,
          request.create.mode == model::CreateMode::reconnect};
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

bool opens_here(Console kind, const model::Request& request, const model::Record& machine) {
  if (kind == Console::none) return true;
  if (kind == Console::cli) return client::can_attach().has_value();
  if (kind == Console::vnc && machine.get(Field::client_port).empty() && machine.get(Field::listen).empty())
    return false;
  return client::can_open(kind, window_of(request)).has_value();
}

}  // namespace

Console console_for(const model::Request& request, const model::Record& machine) {
  if (request.server_only || target_of(request, machine) != nullptr) return Console::none;
  if (request.create.console) return *request.create.console;
  if (const auto preferred = console_named(machine.get(Field::default_console)))
    if (opens_here(*preferred, request, machine)) return *preferred;
  for (const auto kind : {Console::vnc, Console::cli})
    if (opens_here(kind, request, machine)) return kind;
  return Console::none;
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

Result<std::string> open(const model::Request& request, const model::Record& machine) {
  const auto kind = console_for(request, machine);
  const bool unwanted = request.server_only || request.create.console == Console::none;
  if (target_of(request, machine) != nullptr && !unwanted)
    return std::string("no console opened: it is on another host");
  if (kind == Console::none)
    return unwanted ? std::string() : std::string("no console opened: no X display and no terminal here");
  if (kind != Console::cli) {
    TRY_VOID(client::open_window(kind, machine, window_of(request)));
    return std::string(kind == Console::vnc ? "viewer opened" : "terminal window opened");
  }
  auto call = acting_call(request, wire::Verb::console, machine);
  call.deadline_ms.reset();  // a session lasts as long as its user likes
  if (request.create.mode == model::CreateMode::reconnect) call.options.push_back({"FORCE", ""});
  TRY_VOID(client::attach(call, machine, request.create.escape));
  return std::string("console left");
}

}  // namespace ctys::action
