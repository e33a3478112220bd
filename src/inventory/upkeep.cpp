// Removes derived and unfinished files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/upkeep.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "inventory/index.hpp"
#include "inventory/labels.hpp"
#include "inventory/store.hpp"
#include "inventory/view.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

Result<void> remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) return {};
  const int error = errno;
  // A file system that is read-only says so of a file that is not there, too.
  std::error_code none;
  if (error == EROFS && !fs::exists(fs::symlink_status(file, none))) return {};
  return fail(Exit::failed, "cannot remove " + file.string(), system_message(error));
}

// The name that Replacement gives to a file that is not complete.
fs::path unfinished(const fs::path& file) {
  return file.parent_path() / ("." + file.filename().string() + ".new");
}

}  // namespace

Result<void> clear_derived(const Source& source) {
  for (const auto& file : {index_beside(source.path()), index_in_cache(source.path()), label_list_of(source)})
    TRY_VOID(remove_file(file));
  return {};
}

Result<void> clear_leftovers(const fs::path& directory) {
  const std::array files{directory / kRecordsName, directory / kMacmapName,
                         index_beside(directory / kRecordsName), index_in_cache(directory / kRecordsName)};
  remove_unfinished(paths::cache_home() / "lists");
  for (const auto& file : files) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(unfinished(file), error))) continue;
    const auto lock = Lock::take(file, kNoPatience);
    if (!lock && lock.error().code == Exit::refused) continue;
    if (!lock) return tl::unexpected<Error>(lock.error());
    TRY_VOID(remove_file(unfinished(file)));
  }
  return {};
}

}  // namespace ctys::inventory
