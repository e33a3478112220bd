// The modern grammar: ctys ACTION [ADDRESS]... [--option]...
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/command.hpp"

#include <span>
#include <string>

namespace ctys::cli {

// The first word is an action, an alias, help, completion or __complete.
[[nodiscard]] Result<Command> parse_modern(std::span<const std::string> argv);

}  // namespace ctys::cli
