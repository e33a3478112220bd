// Where plugins are: one shared object for each type, named like the type in lower case.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::plugin {

struct File {
  std::string type;  // from the file's name, upper case
  std::filesystem::path path;
  std::string refused = {};  // why it must not be loaded (writable by others, ...), empty: it may
  std::string remedy = {};   // what to do about that
};

// $CTYS_PLUGIN_PATH, then the folder beside the executable (build tree), then the installation's.
[[nodiscard]] std::vector<std::filesystem::path> search_path();

// Every *.so of the search path, the first of each type that is not refused, sorted by type. Nothing is
// opened.
[[nodiscard]] std::vector<File> find_all();

// The files for one type in the order of the search path: the first that can be used is its plugin. The error
// lists the types there are.
[[nodiscard]] Result<std::vector<File>> find_each(std::string_view type);
[[nodiscard]] bool is_there(std::string_view type);

// What stands in the search path and is passed over: shared objects whose names are no plugins', and entries
// of $CTYS_PLUGIN_PATH that are no folders to read. Without a type; `refused` says why.
[[nodiscard]] std::vector<File> find_odd();

// What plugins of these folders load themselves, which is no plugin: its name has a hyphen, as
// libvirt-adapter.so.
[[nodiscard]] std::vector<std::filesystem::path> find_parts();

// The plugin that carries byte streams to other hosts, from the folder "transport" of the search path.
[[nodiscard]] Result<File> find_transport(std::string_view type);

}  // namespace ctys::plugin
