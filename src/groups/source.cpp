// Finds and reads group files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/source.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "groups/words.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ctys::groups {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolders = 20;  // in each other
constexpr std::size_t kMaxEntries = 1'000'000;

bool is_hidden(const std::string& name) {
  return name.starts_with('.') || name.ends_with('~');
}

Result<std::optional<File>> load(const std::vector<fs::path>& folders, const std::string& name,
                                 std::size_t folder) {
  if (!is_group_name(name)) return std::nullopt;
  const bool absolute = name.starts_with('/') || name.starts_with("~/");
  for (; folder < folders.size() || absolute; ++folder) {
    const fs::path path = name.starts_with('/')    ? fs::path(name)
                          : name.starts_with("~/") ? paths::home() / name.substr(2)
                                                   : folders[folder] / name;
    std::error_code ignored;
    const auto kind = fs::status(path, ignored).type();
    if (kind != fs::file_type::not_found && kind != fs::file_type::directory) {
      auto content = read_file(path, kMaxFile);
      if (content) return File{name, path.string(), absolute ? 0 : folder, *std::move(content)};
      content.error().code = Exit::usage;
      return tl::unexpected<Error>(std::move(content).error());
    }
    if (absolute) break;
  }
  return std::nullopt;
}

// `named`: those that may be names of groups; otherwise the others.
void add_names(std::set<std::string>& names, const fs::path& folder, bool named) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  std::size_t entries = 0;
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (names.size() >= kMaxGroups || ++entries > kMaxEntries) return;
    std::error_code ignored;
    const bool is_folder = at->is_directory(ignored);
    const bool hidden = is_hidden(at->path().filename().string());
    if (is_folder && (hidden || at.depth() >= kMaxFolders)) at.disable_recursion_pending();
    if (is_folder || hidden || !at->is_regular_file(ignored)) continue;
    auto name = at->path().lexically_relative(folder).string();
    if (is_group_name(name) == named) names.insert(std::move(name));
  }
}

}  // namespace

std::vector<fs::path> search_path() {
  return paths::search_path("CTYS_GROUPS_PATH",
                            {paths::home() / ".ctys" / "groups", paths::config_home() / "groups"});
}

std::vector<std::string> misnamed_files(const std::vector<fs::path>& folders) {
  std::set<std::string> names;
  for (const auto& folder : folders) add_names(names, folder, false);
  return {names.begin(), names.end()};
}

Source source_in(std::vector<fs::path> folders) {
  Source source;
  source.names = [folders] {
    std::set<std::string> names;
    for (const auto& folder : folders) add_names(names, folder, true);
    return std::vector<std::string>(names.begin(), names.end());
  };
  source.load = [folders = std::move(folders)](const std::string& name, std::size_t folder) {
    return load(folders, name, folder);
  };
  return source;
}

bool is_group_name(std::string_view name) noexcept {
  constexpr std::size_t kLongest = 255;
  if (name.empty() || name.size() > kLongest || name.front() == '-') return false;
  const auto parts = text::split(name, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._-/:%+~@").find(c) != std::string_view::npos;
  });
}

tl::unexpected<Error> no_group(const Source& source, std::string_view name, const std::string& place) {
  const auto names = source.names();
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto near = text::did_you_mean(name, known);
  std::string what = "there is no group " + model::in_quotes(name);
  return fail(Exit::usage, place.empty() ? std::move(what) : place + ": " + what,
              "no folder of CTYS_GROUPS_PATH, or of the usual ones, has a file of this name",
              !near.empty()   ? near
              : place.empty() ? "'ctys groups list' shows the groups there are"
                              : "'ctys groups list' shows the groups there are; is " +
                                    place.substr(0, place.rfind(':')) + " a file of groups at all?");
}

}  // namespace ctys::groups
