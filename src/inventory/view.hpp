// A view: the directories whose databases are read as one.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/addresses.hpp"
#include "inventory/source.hpp"

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace ctys::inventory {

inline constexpr std::string_view kRecordsName = "enum.fdb";
inline constexpr std::string_view kMacmapName = "macmap.fdb";

// False where nothing of this name was ever made. A link that leads nowhere, on the way to it too, a file in
// the place of a folder and what this user may not see are there: something is wrong with them.
[[nodiscard]] bool is_there(const std::filesystem::path& path);

// The directories of a view, each once, however it is named; none need be there: `given` (`-p a:b`) when it
// is not empty, else $DEFAULT_DBPATHLST, else ~/.ctys/db/default where that is_there, else
// $XDG_DATA_HOME/ctys/db/default.
[[nodiscard]] std::vector<std::filesystem::path> view_directories(std::string_view given);

// An error of status 7 when it is missing, no directory, or may not be entered.
[[nodiscard]] Result<void> check_directory(const std::filesystem::path& directory);

// The records of a view, in the order of its directories. A directory without enum.fdb adds nothing. Errors
// of status 7: a directory is missing, or none of them has enum.fdb.
[[nodiscard]] Result<std::vector<Source>> open_view(const std::vector<std::filesystem::path>& directories);

// The records of a view, and what completes those of them that state no address.
struct Records {
  std::span<const Source> files;
  const Addresses& addresses;
};

// What `create`, `vdbgen` and the like write to: the first directory of the view.
[[nodiscard]] std::filesystem::path home_directory(std::string_view given);

}  // namespace ctys::inventory
