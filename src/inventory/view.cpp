// Finds the databases of a view.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/view.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

bool is_folder(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_dangling(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) != 0;
}

std::string link_target(const fs::path& link) {
  std::error_code error;
  return text::printable(fs::read_symlink(link, error).string());
}

fs::path default_directory() {
  auto classic = paths::home() / ".ctys/db/default";
  return is_there(classic) ? classic : paths::data_home() / "db/default";
}

// The command that fills a directory: it has to be named where it is not the usual one.
std::string filling(const fs::path& directory) {
  return "ctys vdbgen" + (directory == default_directory()
                              ? std::string()
                              : " --cacheDB " + text::shell_quoted(text::printable(directory.string())));
}

bool same_directory(const fs::path& a, const fs::path& b) {
  struct stat one {};
  struct stat other {};
  if (::stat(a.c_str(), &one) != 0 || ::stat(b.c_str(), &other) != 0) return a == b;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// A machine is one, however often its directory is named.
void drop_repeated(std::vector<fs::path>& directories) {
  for (std::size_t at = 1; at < directories.size();) {
    const auto end = directories.begin() + static_cast<std::ptrdiff_t>(at);
    const bool known = std::any_of(directories.begin(), end,
                                   [&](const fs::path& before) { return same_directory(before, *end); });
    if (known)
      directories.erase(end);
    else
      ++at;
  }
}

}  // namespace

std::vector<fs::path> view_directories(std::string_view given) {
  std::vector<fs::path> directories;
  for (const auto part : text::split(given, ':'))
    if (!part.empty()) directories.emplace_back(part);
  if (directories.empty()) directories = paths::search_path("DEFAULT_DBPATHLST", {});
  drop_repeated(directories);
  if (directories.empty()) directories.push_back(default_directory());
  return directories;
}

bool is_there(const fs::path& path) {
  struct stat status {};
  // Who may not look does not know that it is not there.
  if (::lstat(path.c_str(), &status) == 0 || errno != ENOENT) return true;
  const auto parent = path.parent_path();
  return parent.has_relative_path() && !is_folder(parent) && is_there(parent);
}

Result<void> check_directory(const fs::path& directory) {
  struct stat status {};
  const auto parent =
      directory.has_filename() ? directory.parent_path() : directory.parent_path().parent_path();
  const bool can_be_made = parent.empty() || is_folder(parent);
  const std::string fix =
      "name another one with --database (vhost: -p, vdbgen: --cacheDB) or DEFAULT_DBPATHLST";
  int error = ::stat(directory.c_str(), &status) != 0 ? errno : 0;
  if (error == 0 && !S_ISDIR(status.st_mode))
    return fail(Exit::no_database, "there is no database directory " + directory.string(),
                "it is not a directory", fix);
  if (is_dangling(directory))
    return fail(Exit::no_database, "there is no database directory " + directory.string(),
                "it is a link to " + link_target(directory) + ": " + system_message(error),
                "bring that back, remove the link, or " + fix);
  if (error == ENOENT || error == ENOTDIR)
    return fail(Exit::no_database, "there is no database directory " + directory.string(),
                system_message(error), can_be_made ? fix + ", or fill it: " + filling(directory) : fix);
  if (error == 0 && ::access(directory.c_str(), X_OK) != 0) error = errno;
  if (error != 0)
    return fail(Exit::no_database, "cannot enter the database directory " + directory.string(),
                system_message(error),
                "let this user enter it, or name another one with --database (vhost: -p, vdbgen: --cacheDB)");
  return {};
}

fs::path home_directory(std::string_view given) {
  return view_directories(given).front();
}

namespace {

// A link says that there is an inventory: that it is missing is told even where others are not.
Result<void> check_link(const fs::path& file) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(file, error)) || fs::exists(file, error) || error) return {};
  return fail(Exit::no_database,
              "there is no inventory: " + file.string() + " is a link to a file that is missing",
              "it leads to " + fs::read_symlink(file, error).string(),
              "bring that file back, remove the link, or make the file: " + filling(file.parent_path()));
}

}  // namespace

Result<std::vector<Source>> open_view(const std::vector<fs::path>& directories) {
  std::vector<Source> sources;
  for (const auto& directory : directories) {
    auto source = Source::open(directory / kRecordsName);
    if (source) {
      sources.push_back(*std::move(source));
      continue;
    }
    TRY_VOID(check_directory(directory));
    TRY_VOID(check_link(directory / kRecordsName));
    struct stat status {};
    if (::lstat((directory / kRecordsName).c_str(), &status) == 0 || errno != ENOENT)
      return tl::unexpected<Error>(source.error());
  }
  if (sources.empty())
    return fail(Exit::no_database,
                "there is no inventory: " + (directories.front() / kRecordsName).string() + " is missing", {},
                "make it: " + filling(directories.front()));
  return sources;
}

}  // namespace ctys::inventory
