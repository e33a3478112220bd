// Finds machines by key.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/find.hpp"

namespace ctys::inventory {

Result<Found> find_by_scan(std::span<const Source> view, const Key& key) {
  Found found;
  for (std::size_t at = 0; at < view.size(); ++at) {
    Reader reader(view[at]);
    for (Line line; reader.next(line);)
      if (const auto kinds = holds(key, line.text); kinds != 0)
        found.matches.push_back({std::string(line.text), at, line.offset, kinds});
    TRY_VOID(reader.status());
    if (auto text = warning(view[at], reader.faults()); !text.empty())
      found.warnings.push_back(std::move(text));
  }
  return found;
}

Result<Found> find(std::span<const Source> view, const Key& key) {
  return find_by_scan(view, key);
}

}  // namespace ctys::inventory
