// Parts of a regular expression while it is read, and what their matches begin with.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ctys::inventory {

// What is known of a part of an expression.
struct Piece {
  std::string re2;
  std::string required;
  bool is_text = false;      // matches `required` and nothing else
  bool is_repeated = false;  // ends in an operator: another one needs a group
  // Every match begins with one of these; nothing is known when there are none.
  std::vector<std::string> beginnings{};
  bool is_exact = false;  // they are all that it matches
};

inline constexpr unsigned kNoLimit = std::numeric_limits<unsigned>::max();
struct Repeat {
  unsigned least = 0;
  unsigned most = kNoLimit;
};

// Changes what `all` begins with: `next` follows it, so many times.
void extend(Piece& all, const Piece& next, const std::optional<Repeat>& repeat);
// Changes what `all` begins with: it may be `other` instead.
void add_alternative(Piece& all, const Piece& other);

}  // namespace ctys::inventory
