// Opens a plugin's shared object and checks its table. Only worker processes do this.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <ctys/abi.h>

#include <filesystem>

namespace ctys::plugin {

// A copy of the plugin's table with the members it does not know set to null. The object stays loaded for
// ever: a library below it may have left threads behind.
[[nodiscard]] Result<ctys_plugin> load(const std::filesystem::path& file);

}  // namespace ctys::plugin
