// The options that fill the inventory: of vdbgen and macmap, and of the names they had before.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/modern_options.hpp"

namespace ctys::cli {

// One option of vdbgen that no other action has.
[[nodiscard]] Result<void> apply_vdbgen(Draft& draft, const GivenOption& given);
// What the options of a vdbgen line mean together.
[[nodiscard]] Result<void> finish_vdbgen(Draft& draft, const ModernLine& line);

// The words and options of macmap, extractMAClst and extractARPlst.
[[nodiscard]] Result<void> read_macmap(Draft& draft, const ModernLine& line);

// -d LEVEL of the companions.
[[nodiscard]] Result<void> set_debug_level(Draft& draft, const GivenOption& given);

}  // namespace ctys::cli
