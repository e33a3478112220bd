// Asking the person at the terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace ctys::ui {

// Is there somebody to ask: a terminal to read from and to write to, which this process has in the
// foreground?
[[nodiscard]] bool can_ask();

// Writes the question to stderr and reads one line from stdin. True: it was "yes" or "y". Anything else, and
// the end of the input, is no.
[[nodiscard]] bool ask_yes(std::string_view question);

}  // namespace ctys::ui
