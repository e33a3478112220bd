// Asking the person at the terminal: one question at a time, on /dev/tty, whatever stdin and stdout are.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ctys::ssh {

// Writes the question and reads one line; `echo`: what is typed is seen. nullopt: there is no terminal, or it
// was closed. Blocks: nothing else goes on meanwhile.
[[nodiscard]] std::optional<std::string> ask(std::string_view question, bool echo);

// Text of a server made fit for a terminal: anything but printable ASCII, and more than 400 bytes, is left
// out.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace ctys::ssh
