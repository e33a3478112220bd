// Where plugins are.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/find.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ctys::plugin {
namespace fs = std::filesystem;
namespace {

// Code that others can write would run with the user's rights.
File examined(std::string type, fs::path path) {
  constexpr const char* kRemove = "remove it, or put the plugin in its place";
  constexpr const char* kRights = "give it to root or to yourself and take write access from others";
  File file{std::move(type), std::move(path)};
  const auto refuse = [&file](std::string why, const char* remedy) {
    file.refused = std::move(why);
    file.remedy = remedy;
    return file;
  };
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) {
    const int reason = errno;
    std::error_code ignored;
    if (!fs::is_symlink(file.path, ignored)) return refuse(system_message(reason), kRemove);
    return refuse("it is a link that leads nowhere: " + system_message(reason), kRemove);
  }
  if (!S_ISREG(status.st_mode)) return refuse("it is not a regular file", kRemove);
  if (status.st_uid != 0 && status.st_uid != ::getuid()) return refuse("it belongs to another user", kRights);
  if ((status.st_mode & S_IWOTH) != 0) return refuse("everybody may write to it", kRights);
  return file;
}

// Also a link that leads nowhere is one: it is told of, and not passed over.
bool stands_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

bool is_type_name(std::string_view stem) {
  return !stem.empty() && std::all_of(stem.begin(), stem.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::vector<fs::path> search_path() {
  auto folders = paths::search_path("CTYS_PLUGIN_PATH", {});
  folders.push_back(paths::executable().parent_path().parent_path() / "lib" / "ctys" / "plugins");
  folders.emplace_back(CTYS_PLUGIN_DIR);
  return folders;
}

std::vector<File> find_all() {
  std::vector<File> files;
  for (const auto& folder : search_path()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto& path = entry.path();
      if (path.extension() != ".so" || !is_type_name(path.stem().string())) continue;
      auto file = examined(text::upper(path.stem().string()), path);
      const auto known =
          std::find_if(files.begin(), files.end(), [&](const File& f) { return f.type == file.type; });
      if (known == files.end())
        files.push_back(std::move(file));
      else if (!known->refused.empty() && file.refused.empty())
        *known = std::move(file);
    }
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.type < b.type; });
  return files;
}

Result<std::vector<File>> find_each(std::string_view type) {
  const std::string name = text::lower(type);
  std::vector<File> files;
  const auto is_known = [&](const fs::path& path) {
    return std::any_of(files.begin(), files.end(), [&](const File& file) {
      std::error_code ignored;
      return fs::equivalent(file.path, path, ignored);
    });
  };
  if (is_type_name(name))
    for (const auto& folder : search_path())
      if (auto path = folder / (name + ".so"); stands_there(path) && !is_known(path))
        files.push_back(examined(text::upper(type), std::move(path)));
  if (!files.empty()) return files;
  std::string known;
  for (const auto& file : find_all()) known += (known.empty() ? "" : ", ") + file.type;
  return fail(Exit::usage, "unknown session type '" + text::printable(type).substr(0, 60) + "'", {},
              known.empty() ? "no plugin is installed: set CTYS_PLUGIN_PATH to their folder"
                            : "types with a plugin here: " + known);
}

bool is_there(std::string_view type) {
  return find_each(type).has_value();
}

std::vector<File> find_odd() {
  std::vector<File> odd;
  const auto tell = [&](fs::path path, std::string why, std::string remedy) {
    odd.push_back({{}, std::move(path), std::move(why), std::move(remedy)});
  };
  for (const auto& folder : paths::search_path("CTYS_PLUGIN_PATH", {})) {
    std::error_code error;
    (void)fs::directory_iterator(folder, error);
    if (error) tell(folder, system_message(error.value()), "correct CTYS_PLUGIN_PATH");
  }
  for (const auto& folder : search_path()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto& path = entry.path();
      const auto name = path.filename().string();
      const auto stem = name.substr(0, name.rfind(".so"));
      const bool is_object = path.extension() == ".so" || name.find(".so.") != std::string::npos;
      const bool is_part = path.extension() == ".so" && stem.find('-') != std::string::npos;
      if (!is_object || is_part || (path.extension() == ".so" && is_type_name(stem))) continue;
      tell(path, "no plugin has such a name: it is the type in small letters and digits, then .so",
           "rename it, or remove it");
    }
  }
  return odd;
}

std::vector<fs::path> find_parts() {
  std::vector<fs::path> parts;
  for (const auto& folder : search_path()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto& path = entry.path();
      if (path.extension() != ".so" || path.stem().string().find('-') == std::string::npos) continue;
      const auto known = std::any_of(parts.begin(), parts.end(), [&](const fs::path& part) {
        return part.filename() == path.filename();
      });
      if (!known && examined({}, path).refused.empty()) parts.push_back(path);
    }
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

Result<File> find_transport(std::string_view type) {
  const std::string name = text::lower(type) + ".so";
  for (const auto& folder : search_path()) {
    auto path = folder / "transport" / name;
    if (stands_there(path)) return examined(text::upper(type), std::move(path));
  }
  return fail(Exit::failed, "cannot reach other hosts", "there is no plugin transport/" + name,
              "install it with ctys, or set CTYS_PLUGIN_PATH to the folder above it");
}

}  // namespace ctys::plugin
