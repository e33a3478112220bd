// Windows on a machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/viewer.hpp"

#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "client/connection.hpp"
#include "client/registry.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace ctys::client {
using model::Console;
namespace {

Result<std::string> program_for(Console kind) {
  constexpr std::array<const char*, 2> kVncViewers{"xtigervncviewer", "vncviewer"};
  const auto missing = [](const char* program, const char* package) {
    return fail(Exit::refused, "cannot open a window", std::string(program) + " is not installed",
                std::string("apt install ") + package);
  };
  if (kind == Console::xterm) {
    if (find_program("xterm")) return std::string("xterm");
    return missing("xterm", "xterm");
  }
  if (kind == Console::gterm) {
    if (find_program("gnome-terminal")) return std::string("gnome-terminal");
    return missing("gnome-terminal", "gnome-terminal");
  }
  for (const auto* name : kVncViewers)
    if (find_program(name)) return std::string(name);
  return missing("a VNC viewer", "tigervnc-viewer");
}

// The text console of exactly this machine, for inside a terminal window. Taking over is not left to the
// caller, who closed the other clients: the hypervisor lets go of a console a moment after its client has
// ended.
std::vector<std::string> console_command(const model::Record& machine, const Window& window) {
  std::vector<std::string> command{paths::executable().string(),
                                   "create",
                                   "uuid:" + machine.get(Field::uuid),
                                   "--type",
                                   machine.get(Field::type),
                                   window.take_over ? "--reconnect" : "--connect",
                                   "--console",
                                   "cli"};
  command.insert(command.end(), window.way.begin(), window.way.end());
  return command;
}

// True once `condition` holds, false when the process ended (if there is one to watch) or the time is over.
bool wait_until(const std::optional<ProcessId>& process, const std::function<bool()>& condition,
                std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    constexpr int kStep = 30;  // milliseconds between two looks, less when the process ends
    if (!process)
      ::poll(nullptr, 0, kStep);
    else if (wait_gone(*process, kStep))
      return condition();
  }
  return false;
}

bool has_console_since(const std::vector<Client>& before, const model::Record& machine) {
  const auto now = clients();
  if (!now) return false;
  return std::any_of(now->begin(), now->end(), [&](const Client& c) {
    const bool old =
        std::any_of(before.begin(), before.end(), [&](const Client& b) { return b.process == c.process; });
    // The window may call the host otherwise than who opened it.
    return !old && c.record.get(Field::type) == machine.get(Field::type) &&
           c.record.get(Field::uuid) == machine.get(Field::uuid);
  });
}

Result<void> open_viewer(const std::vector<std::string>& command, const model::Record& machine,
                         const Window& window) {
  const auto time = window.deadline.value_or(std::chrono::seconds(10));
  // In the registry before it runs: whatever happens to this process, no viewer is left that nobody knows.
  const auto process = TRY(start_detached(command, [&](const ProcessId& started) {
    return enter(started, machine, find_program(command.front()).value_or(command.front()));
  }));
  const auto& place = command.back();
  const auto port = text::number(std::string_view(place).substr(place.rfind(':') + 1));
  // A display on a socket file has no port to look for: that the viewer stays is all there is to see.
  const auto connected = [&] { return !port || is_connected(process.pid, static_cast<unsigned>(*port)); };
  if (wait_until(process, connected, time) && is_alive(process)) return {};
  const bool ended = !is_alive(process);
  (void)end({process, machine});  // what does not end stays in the registry
  const auto fix = by_hand(command.front(), window) + " " + place;
  if (!ended)
    return tl::unexpected(
        opened_late(machine, window, time, command.front() + " did not connect to " + place, fix));
  return fail(Exit::failed, "cannot open a window on " + machine.get(Field::label),
              command.front() + " ended at once", fix);
}

Result<void> open_terminal(Console kind, const std::vector<std::string>& command,
                           const model::Record& machine, const Window& window) {
  // It reaches another host anew, and may have to ask for a password there.
  const auto time = window.deadline.value_or(std::chrono::seconds(window.way.empty() ? 10 : 120));
  const auto before = TRY(clients());
  TRY_VOID(console_is_free(machine, window));
  const auto process = TRY(start_detached(command));
  const auto connected = [&] { return has_console_since(before, machine); };
  // gnome-terminal hands over to its server and ends: the console's own entry is all that counts there.
  if (wait_until(kind == Console::gterm ? std::nullopt : std::optional(process), connected, time)) return {};
  const auto what = command.front() + " did not connect to the console";
  constexpr const char* kFix = "try it in this terminal: --console cli";
  const bool late = kind == Console::gterm || is_alive(process);
  (void)end({process, machine});
  if (late) return tl::unexpected(opened_late(machine, window, time, what, kFix));
  return fail(Exit::failed, "cannot open a window on " + machine.get(Field::label), what, kFix);
}

// [HOST]:DISPLAY[.SCREEN], as every X program reads it.
bool is_display(std::string_view name) {
  const auto colon = name.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto parts = text::split(name.substr(colon + 1), '.');
  return parts.size() <= 2 &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return text::number(part); });
}

}  // namespace

std::string by_hand(const std::string& viewer, const Window& window) {
  const auto display =
      window.display.empty() ? std::string() : " -display " + text::shell_quoted(window.display);
  return "run it by hand to see why: " + viewer + display;
}

Error opened_late(const model::Record& machine, const Window& window, std::chrono::milliseconds time,
                  const std::string& what, std::string fix) {
  if (window.deadline) fix = "allow more time (--deadline), or " + fix;
  return {window.deadline ? Exit::deadline : Exit::failed,
          "cannot open a window on " + machine.get(Field::label),
          what + " within " + text::seconds(time.count()), std::move(fix)};
}

Result<void> can_open(Console kind, const Window& window) {
  if (kind == Console::none || kind == Console::cli) return {};
  if (window.display.empty() && !paths::environment("DISPLAY"))
    return fail(Exit::refused, "cannot open a window", "there is no X display here: DISPLAY is not set",
                "log in to a desktop, or choose --console cli or --console none");
  const auto display = paths::environment("DISPLAY").value_or("");
  if (window.display.empty() && !is_display(display))
    return fail(Exit::refused, "cannot open a window",
                "DISPLAY is '" + text::printable(display) + "', which is no X display",
                "set it to one, like :0, :0.1 or localhost:10, or choose --console cli or --console none");
  (void)TRY(program_for(kind));
  return {};
}

Result<void> console_is_free(const model::Record& machine, const Window& window) {
  if (window.take_over) return {};
  const auto open = TRY(clients());
  const auto taken = std::find_if(open.begin(), open.end(), [&](const Client& c) {
    return c.record.get(Field::exe_path) == kConsoleProgram && belongs(c.record, machine);
  });
  if (taken == open.end()) return {};
  return fail(Exit::refused, "cannot open the console of " + machine.get(Field::label),
              "it is in use: process " + std::to_string(taken->process.pid) + " has it open",
              "take it over with --reconnect (RECONNECT), or let it go there");
}

Result<std::string> vnc_place(const model::Record& machine, const Window& window) {
  const auto& listen = machine.get(Field::listen);
  if (window.vnc_port.empty() && !listen.empty() && listen.front() == '/') return listen;
  const auto number =
      text::number(window.vnc_port.empty() ? machine.get(Field::client_port) : window.vnc_port);
  if (!number || *number == 0 || *number > 65535)
    return fail(Exit::failed, "cannot open a viewer on " + machine.get(Field::label), "it has no VNC display",
                "add <graphics type='vnc'/> to it, or choose the text console (--console cli)");
  const bool everywhere = listen.empty() || listen == "0.0.0.0" || listen == "::" || listen == "localhost";
  return (everywhere ? std::string("127.0.0.1") : listen) + "::" + std::to_string(*number);
}

Result<std::vector<std::string>> viewer_command(const Window& window, std::string place) {
  std::vector<std::string> command{TRY(program_for(Console::vnc))};
  if (!window.display.empty()) command.insert(command.end(), {"-display", window.display});
  if (!window.geometry.empty()) command.insert(command.end(), {"-geometry", window.geometry});
  command.insert(command.end(), {"-Shared", std::move(place)});
  return command;
}

Result<std::vector<std::string>> window_command(Console kind, const model::Record& machine,
                                                const Window& window) {
  if (kind == Console::vnc) return viewer_command(window, TRY(vnc_place(machine, window)));
  std::vector<std::string> command{TRY(program_for(kind))};
  const auto title = text::printable(machine.get(Field::label)) + " - " + machine.get(Field::type);
  const auto add = [&](std::initializer_list<std::string> words) { command.insert(command.end(), words); };
  const bool gnome = kind == Console::gterm;
  if (!window.display.empty() && gnome) add({"--display=" + window.display});
  if (!window.display.empty() && !gnome) add({"-display", window.display});
  if (!window.geometry.empty() && gnome) add({"--geometry=" + window.geometry});
  if (!window.geometry.empty() && !gnome) add({"-geometry", window.geometry});
  if (gnome)
    add({"--title", title, "--"});
  else
    add({"-T", title, "-e"});
  auto inner = console_command(machine, window);
  command.insert(command.end(), inner.begin(), inner.end());
  return command;
}

Result<void> open_window(Console kind, const model::Record& machine, const Window& window) {
  const auto command = TRY(window_command(kind, machine, window));
  return kind == Console::vnc ? open_viewer(command, machine, window)
                              : open_terminal(kind, command, machine, window);
}

}  // namespace ctys::client
