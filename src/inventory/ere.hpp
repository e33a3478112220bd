// awk's extended regular expressions, read once: rewritten for RE2, and searched for text they cannot do
// without.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is read: literals, . ^ $ * + ? {n} {n,} {,m} {n,m} ( ) | and bracket expressions with POSIX classes,
// as gawk reads them: an operator without an operand stands for itself, ^ and $ are anchors everywhere, a )
// too many is a character. Escapes: \a \b \f \n \r \t \v \NNN (octal) \xHH, \w \W \s \S \y \B, and \ before
// any other character that is no letter or digit for that character.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

struct Ere {
  std::string re2;       // matches what the expression matches, in RE2's syntax
  std::string required;  // stands in every text that matches; empty: nothing is known
  bool is_text = false;  // it is `required` and nothing else: a search for that text does it all
  // Every match begins with one of these texts of at least two bytes; empty: nothing is known.
  std::vector<std::string> beginnings{};
};
inline constexpr std::size_t kMaxBeginnings = 4;

inline constexpr std::size_t kMaxPattern = 1024;  // bytes

// Errors (usage) say what is wrong and at which character.
[[nodiscard]] Result<Ere> read_ere(std::string_view pattern);

}  // namespace ctys::inventory
