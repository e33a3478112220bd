// Where machine files are searched: as asked, as the environment says, or in the usual places.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/bases.hpp"

#include "action/search.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <filesystem>

namespace ctys::action {
namespace {

bool is_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

}  // namespace

std::vector<std::string> addressed_bases(const model::Request& request) {
  std::vector<std::string> bases = request.enumerate.bases;
  for (const auto& address : request.machines)
    for (const auto& [key, value] : address.keys)
      if (key == "BASEPATH") bases.push_back(value);
  return bases;
}

std::vector<std::string> base_folders(const std::vector<std::string>& asked) {
  if (!asked.empty()) return asked;
  const auto value = paths::environment("DEFAULT_ENUM_BASE");
  if (!value) return {paths::home().string(), "/etc/ctys.d", "/mntn/vmpool"};
  std::vector<std::string> folders;
  for (const auto part : text::split(*value, ' ')) {
    if (part.empty()) continue;
    folders.emplace_back(part == "~" ? paths::home().string() : std::string(part));
    if (!is_folder(folders.back()))
      log::write(log::Severity::warning, "search",
                 "DEFAULT_ENUM_BASE names " + text::printable(folders.back()) + ", which is no folder");
  }
  return folders;
}

std::vector<model::Pair> base_options(const std::vector<std::string>& asked) {
  std::vector<model::Pair> options;
  for (auto& base : base_folders(asked)) options.push_back({"BASEPATH", std::move(base)});
  return options;
}

Result<void> check_bases(const model::Request& request) {
  if (!asks_here(request)) return {};
  for (const auto& base : request.enumerate.bases)
    if (!is_folder(base))
      return fail(Exit::usage, "cannot search below " + base, "there is no such folder", "check --base");
  return {};
}

}  // namespace ctys::action
