// Finds machines by key, with the addresses that macmap.fdb adds to their records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/find.hpp"

#include <algorithm>
#include <utility>

namespace ctys::inventory {

Result<Found> find_completed(std::span<const Source> view, const Key& key, const Addresses& addresses,
                             By by) {
  const auto look_up = by == By::index ? find : find_by_scan;
  auto found = TRY(look_up(view, key));
  if (found.matches.empty() && (key.kinds & only(Kind::tcp)) != 0)
    for (const auto& mac : addresses.macs_of(key.folded)) {
      const auto wanted = TRY(make_key(Kind::mac, mac));
      auto machines = TRY(look_up(view, wanted));
      for (auto& match : machines.matches) {
        match.kinds = only(Kind::tcp);
        if (lacks_address(match.line)) found.matches.push_back(std::move(match));
      }
    }
  std::string longer;
  for (auto& match : found.matches)
    if (addresses.complete(match.line, longer).size() != match.line.size()) match.line = longer;
  std::stable_sort(found.matches.begin(), found.matches.end(), [](const Match& a, const Match& b) {
    return std::pair(a.source, a.offset) < std::pair(b.source, b.offset);
  });
  return found;
}

}  // namespace ctys::inventory
