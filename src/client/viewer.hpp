// Windows on a machine: a VNC viewer on its display, or a terminal window with its text console.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ctys::client {

// How a window is to look.
struct Window {
  std::string display;     // X display; empty: $DISPLAY
  std::string geometry;    // X geometry, empty: the program's own
  std::string vnc_port;    // overrides the machine's display
  bool take_over = false;  // a text console ends the session that somebody else has there
  // Of a machine on another host: the options of ctys that lead there.
  std::vector<std::string> way = {};
  // How long it may take to open; nothing: as long as its kind is given.
  std::optional<std::chrono::milliseconds> deadline = {};
};

// What helps where a viewer does not open: the beginning of its command, on the same display.
[[nodiscard]] std::string by_hand(const std::string& viewer, const Window& window);

// What is said of a window that did not open in time: the deadline's own status where its user set one.
[[nodiscard]] Error opened_late(const model::Record& machine, const Window& window,
                                std::chrono::milliseconds time, const std::string& what, std::string fix);

// Where a machine's display listens on its host, as a viewer writes it: "127.0.0.1::5901", or the path of a
// socket.
[[nodiscard]] Result<std::string> vnc_place(const model::Record& machine, const Window& window);

// The command of a viewer for the display that listens at `place`.
[[nodiscard]] Result<std::vector<std::string>> viewer_command(const Window& window, std::string place);

// The command for a kind of console (not `cli`, `none`) of a machine. Pure but for the look-up of programs in
// PATH.
[[nodiscard]] Result<std::vector<std::string>> window_command(model::Console kind,
                                                              const model::Record& machine,
                                                              const Window& window);

// What keeps a window from opening here: no X display, program not installed. Checked before a machine is
// started.
[[nodiscard]] Result<void> can_open(model::Console kind, const Window& window);

// Is there no text console of this user open on the machine, or is it to be taken over? Its window would end
// with the console in it, and with what that one has to say.
[[nodiscard]] Result<void> console_is_free(const model::Record& machine, const Window& window);

// Starts it and returns once it is connected: the viewer holds a connection to the display, the console has
// entered itself in the registry. An error when it ended before that, or after ten seconds (two minutes for a
// text console of another host), or the window's deadline.
[[nodiscard]] Result<void> open_window(model::Console kind, const model::Record& machine,
                                       const Window& window);

}  // namespace ctys::client
