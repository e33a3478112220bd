// Asking the person at the terminal: one question at a time, on /dev/tty, whatever stdin and stdout are.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::ssh {

// Writes the question and reads one line; `echo`: what is typed is seen. nullopt: there is no terminal, or it
// was closed. `wait_for` returns once the descriptor it is given can be read: whatever goes on meanwhile goes
// on there.
[[nodiscard]] std::optional<std::string> ask(std::string_view question, bool echo,
                                             const std::function<void(int)>& wait_for);

// Text of a server made fit for a terminal: anything but printable ASCII, and more than 400 bytes, is left
// out.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace ctys::ssh
