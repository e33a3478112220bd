// The words and options of `ctys vping` and ctys-vping.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/modern_options.hpp"

namespace ctys::cli {

[[nodiscard]] Result<void> read_vping(Draft& draft, const ModernLine& line);

}  // namespace ctys::cli
