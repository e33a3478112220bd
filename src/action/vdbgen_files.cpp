// Machine files that a scan read nothing from, although the inventory has a record of each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vdbgen_scan.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace ctys::action {
namespace {

constexpr std::size_t kId = 4;
constexpr std::size_t kUuid = 5;
constexpr std::size_t kContext = 42;

// Who wrote that into a file wants its machine to be left out.
bool is_marked(const std::string& path) {
  constexpr std::size_t kMost = 1U << 20U;
  const auto content = read_file(path, kMost);
  return content && (content->find("MAGICID-NOENUM") != std::string::npos ||
                     content->find("MAGICID-IGNORE") != std::string::npos);
}

// The file holds a machine of another UUID now, or the machine is told of from another place.
bool is_told(std::span<const inventory::Scanned> told, std::string_view line) {
  const auto id = inventory::field(line, kId);
  const auto uuid = inventory::field(line, kUuid);
  return std::any_of(told.begin(), told.end(), [&](const inventory::Scanned& one) {
    return inventory::field(one.line, kId) == id ||
           (!uuid.empty() && text::equal_ci(inventory::field(one.line, kUuid), uuid));
  });
}

// The file that a record is about: what cannot stand in a record was replaced in its name. Empty: there is
// none.
std::string recorded_file(const std::string& recorded) {
  struct stat status {};
  if (::lstat(recorded.c_str(), &status) == 0) return recorded;
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::directory_iterator at(fs::path(recorded).parent_path(), error), end; !error && at != end;
       at.increment(error))
    if (inventory::recorded_alike(at->path().string(), recorded)) return at->path().string();
  return {};
}

}  // namespace

bool would_tell(HostScan& scan, std::span<const inventory::Scanned> told, std::string_view line) {
  if (!inventory::reached(scan.reach, line)) return false;
  const std::string path(inventory::field(line, kId));
  if (!path.starts_with('/') || inventory::is_libvirts_own(path, inventory::field(line, kContext)))
    return true;
  const auto file = recorded_file(path);
  if (file.empty() || is_told(told, line) || is_marked(file)) return true;
  scan.unread.insert(file);
  return false;
}

}  // namespace ctys::action
