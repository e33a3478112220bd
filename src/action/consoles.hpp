// Which console CREATE opens on a machine, and opening it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"

#include <string>

namespace ctys::action {

// The console for one machine: as asked; else the machine's own DEFAULTCONSOLE where it can be opened here;
// else a VNC viewer where there is an X display and the machine has one; else the text console in a terminal;
// else none.
[[nodiscard]] model::Console console_for(const model::Request& request, const model::Record& machine);
// What the machine must have to be started for it: "VNC", "CLI", "ANY" of the two; empty: nothing.
[[nodiscard]] std::string_view needed_console(const model::Request& request, const model::Record& machine);

// Is there anything that will keep the console asked for from opening? Told before a machine is started.
[[nodiscard]] Result<void> can_open(const model::Request& request, std::size_t machines);

// The same for what is known of a machine as it is now: a display that it does not have, a text console that
// somebody has open already.
[[nodiscard]] Result<void> can_open_on(const model::Request& request, const model::Record& machine);

// Opens it: returns once a window is connected; of the text console, when it was left. The words for what was
// opened, or why nothing was, for the result's line; empty where nothing was wanted.
[[nodiscard]] Result<std::string> open(const model::Request& request, const model::Record& machine);

}  // namespace ctys::action
