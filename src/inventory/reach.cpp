// Would a scan have found a machine? What cannot be told for sure is answered with no: nothing is lost by it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "inventory/merge.hpp"

#include <algorithm>

namespace ctys::inventory {
namespace {

// Below `base` and not within something hidden, which a search passes over.
bool was_searched(std::string_view path, std::string_view base) noexcept {
  while (base.size() > 1 && base.ends_with('/')) base.remove_suffix(1);
  if (!path.starts_with(base)) return false;
  const auto rest = path.substr(base.size());
  return (base == "/" || rest.starts_with('/')) && rest.find("/.") == std::string_view::npos;
}

bool file_was_reached(const Reach& reach, const std::string& path) {
  for (const auto& unread : reach.unread)
    if (path.starts_with(unread) && (path.size() == unread.size() || path[unread.size()] == '/'))
      return false;
  // What is not there now may be on a share that is not mounted.
  return std::any_of(reach.bases.begin(), reach.bases.end(),
                     [&](const auto& base) { return was_searched(path, base); });
}

}  // namespace

bool is_libvirts_own(std::string_view path, std::string_view connection) noexcept {
  const bool in_its_folders = path.find("/libvirt/") != std::string_view::npos && path.ends_with(".xml");
  return in_its_folders || connection.ends_with(path);
}

bool reached(const Reach& reach, std::string_view line) {
  constexpr std::size_t kType = 2;
  constexpr std::size_t kId = 4;
  constexpr std::size_t kContext = 42;
  constexpr std::size_t kUser = 44;
  const auto fields = split(line);
  const auto type = fields[kType - 1];
  const auto id = fields[kId - 1];
  const auto context = fields[kContext - 1];
  if (std::none_of(reach.types.begin(), reach.types.end(),
                   [&](const auto& t) { return text::equal_ci(t, type); }))
    return false;
  if (!id.empty() && id.front() == '/' && !is_libvirts_own(id, context))
    return file_was_reached(reach, std::string(id));
  if (context.ends_with("/session") && fields[kUser - 1] != reach.user) return false;
  return std::any_of(reach.connections.begin(), reach.connections.end(), [&](const auto& connection) {
    return text::equal_ci(connection.type, type) && connection.uri == context;
  });
}

}  // namespace ctys::inventory
