// Care for what lies beside a database: what is derived from it, and what killed writers left.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/source.hpp"

#include <filesystem>

namespace ctys::inventory {

// Removes the index of a file and its list of labels, wherever they are. Who needs them makes them again.
[[nodiscard]] Result<void> clear_derived(const Source& source);

// Removes the unfinished files that killed writers left in a directory, and of what the cache has for it.
// What somebody is writing stays.
[[nodiscard]] Result<void> clear_leftovers(const std::filesystem::path& directory);

}  // namespace ctys::inventory
