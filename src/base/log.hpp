// Diagnostics on stderr: never results, never secrets. Nothing is opened or formatted until a line is due.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace ctys::log {

enum class Severity { error, warning, info, debug };

void set_level(Severity lowest) noexcept;  // default: warning
[[nodiscard]] bool enabled(Severity severity) noexcept;
// One line "ctys: debug: worker: text"; `module` is the folder the line comes from. Control characters are
// escaped.
void write(Severity severity, std::string_view module, std::string_view text);

// What is called before each line, so that nothing else is left on the line of the terminal; null: nothing.
using BeforeLine = void (*)();
void set_before_line(BeforeLine hook) noexcept;

}  // namespace ctys::log
