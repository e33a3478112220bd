// A view: the directories whose databases are read as one.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/source.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace ctys::inventory {

inline constexpr std::string_view kRecordsName = "enum.fdb";
inline constexpr std::string_view kMacmapName = "macmap.fdb";

// The directories of a view, without a look at the disk but for the default: `given` (`-p a:b`) when it is
// not empty, else $DEFAULT_DBPATHLST, else ~/.ctys/db/default where that exists, else
// $XDG_DATA_HOME/ctys/db/default.
[[nodiscard]] std::vector<std::filesystem::path> view_directories(std::string_view given);

// The records of a view, in the order of its directories. A directory that is missing is an error of
// status 7. One without enum.fdb adds nothing; when none has it, that is an error of status 2.
[[nodiscard]] Result<std::vector<Source>> open_view(const std::vector<std::filesystem::path>& directories);

// What `create`, `vdbgen` and the like write to: the first directory of the view.
[[nodiscard]] std::filesystem::path home_directory(std::string_view given);

}  // namespace ctys::inventory
