// What the matches of a sequence and of alternatives begin with.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/ere_piece.hpp"

#include "inventory/ere.hpp"

#include <utility>

namespace ctys::inventory {

void extend(Piece& all, const Piece& next, const std::optional<Repeat>& repeat) {
  if (!all.is_exact) return;
  all.is_exact = next.is_exact && !repeat;
  const auto count = all.beginnings.size() * next.beginnings.size();
  if (count == 0 || count > kMaxBeginnings || (repeat && repeat->least == 0)) {
    all.is_exact = false;
    return;
  }
  std::vector<std::string> longer;
  for (const auto& first : all.beginnings)
    for (const auto& second : next.beginnings) longer.push_back(first + second);
  all.beginnings = std::move(longer);
}

void add_alternative(Piece& all, const Piece& other) {
  const auto count = all.beginnings.size() + other.beginnings.size();
  const bool is_known = !all.beginnings.empty() && !other.beginnings.empty() && count <= kMaxBeginnings;
  if (is_known)
    all.beginnings.insert(all.beginnings.end(), other.beginnings.begin(), other.beginnings.end());
  else
    all.beginnings.clear();
  all.is_exact = all.is_exact && other.is_exact && is_known;
}

}  // namespace ctys::inventory
