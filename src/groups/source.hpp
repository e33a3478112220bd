// Where group files are: the folders of CTYS_GROUPS_PATH, searched in order, the first file of a name counts.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A group's name is the path of its file below a folder: prod, server/db/all. A name that begins with '/' or
// "~/" is the file itself. Files whose names begin with '.' or end in '~' are no groups.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::groups {

struct File {
  std::string name;
  std::string path;
  std::size_t folder = 0;  // which folder it was found in
  std::string content;
};

struct Source {
  // The file of that name in the folders from `folder` on; nullopt: there is none.
  std::function<Result<std::optional<File>>(const std::string& name, std::size_t folder)> load;
  // The names of all groups, sorted, each once; at most kMaxGroups.
  std::function<std::vector<std::string>()> names;
};

inline constexpr std::size_t kMaxGroups = 100'000;

// CTYS_GROUPS_PATH, otherwise ~/.ctys/groups and groups in the configuration folder of ctys.
[[nodiscard]] std::vector<std::filesystem::path> search_path();
[[nodiscard]] Source source_in(std::vector<std::filesystem::path> folders);
[[nodiscard]] inline Source usual_source() {
  return source_in(search_path());
}

// Files in these folders that are no groups because of their names.
[[nodiscard]] std::vector<std::string> misnamed_files(const std::vector<std::filesystem::path>& folders);

// Can a group have this name at all?
[[nodiscard]] bool is_group_name(std::string_view name) noexcept;

// "there is no group 'x'", with the nearest name.
[[nodiscard]] tl::unexpected<Error> no_group(const Source& source, std::string_view name,
                                             const std::string& place);

}  // namespace ctys::groups
