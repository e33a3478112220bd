// Finds the databases of a view.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/view.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

fs::path default_directory() {
  auto classic = paths::home() / ".ctys/db/default";
  struct stat status {};
  if (::stat(classic.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return classic;
  return paths::data_home() / "db/default";
}

Result<void> check_directory(const fs::path& directory) {
  struct stat status {};
  const std::string what = "there is no database directory " + directory.string();
  const std::string fix = "name another one (-p, --database, DEFAULT_DBPATHLST), or fill it: ctys vdbgen";
  if (::stat(directory.c_str(), &status) != 0)
    return fail(Exit::no_database, what, system_message(errno), fix);
  if (!S_ISDIR(status.st_mode)) return fail(Exit::no_database, what, "it is not a directory", fix);
  return {};
}

}  // namespace

std::vector<fs::path> view_directories(std::string_view given) {
  std::vector<fs::path> directories;
  for (const auto part : text::split(given, ':'))
    if (!part.empty()) directories.emplace_back(part);
  if (directories.empty()) directories = paths::search_path("DEFAULT_DBPATHLST", {});
  if (directories.empty()) directories.push_back(default_directory());
  return directories;
}

fs::path home_directory(std::string_view given) {
  return view_directories(given).front();
}

Result<std::vector<Source>> open_view(const std::vector<fs::path>& directories) {
  std::vector<Source> sources;
  for (const auto& directory : directories) {
    auto source = Source::open(directory / kRecordsName);
    if (source) {
      sources.push_back(*std::move(source));
      continue;
    }
    TRY_VOID(check_directory(directory));
    struct stat status {};
    if (::lstat((directory / kRecordsName).c_str(), &status) == 0)
      return tl::unexpected<Error>(source.error());
  }
  if (sources.empty())
    return fail(Exit::usage,
                "there is no inventory: " + (directories.front() / kRecordsName).string() + " is missing", {},
                "make it: ctys vdbgen");
  return sources;
}

}  // namespace ctys::inventory
