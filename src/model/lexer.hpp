// Cuts `KEY:ARG%ARG,KEY,...` into its terms: the suboptions of the classic grammar and every machine address.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   character  role                        written as itself
//   ,          between terms               ,,  or  \,
//   :          between key and argument    ::  or  \:   (inside an argument a single one is itself, too)
//   %          between values, or a blank  %%
//
// A backslash is itself, except in front of ',' and ':': there two stand for one, so that every text can be
// written. Empty terms are dropped: `l:web01,` is `l:web01`.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::model {

struct Term {
  std::string key;  // escapes undone
  std::optional<std::string>
      argument;      // `,` undone; `:` and `%` still as written: what they mean depends on the key
  std::string text;  // the whole term, `,` undone
  bool operator==(const Term&) const = default;
};

inline constexpr std::size_t kMaxSuboptions = std::size_t{1} << 20;  // bytes of one list

[[nodiscard]] Result<std::vector<Term>> lex_suboptions(std::string_view text);

// The three readings of an argument:
// values("a%b%%c") is {"a", "b%c"}; there is always at least one.
[[nodiscard]] std::vector<std::string> values(std::string_view argument);
// free_text("uname%-a") is "uname -a".
[[nodiscard]] std::string free_text(std::string_view argument);
// column_specs("1_PM%%3_LABEL") is {"1_PM", "3_LABEL"}: macro files write one '%', command lines two.
[[nodiscard]] std::vector<std::string> column_specs(std::string_view argument);

// Text as it must be written to be read back. `special`: which of ",:%" mean something at that place; `last`:
// no other term follows.
[[nodiscard]] std::string escaped(std::string_view value, std::string_view special, bool last);

// A word of the user for a message: printable, not too long, in quotes.
[[nodiscard]] std::string in_quotes(std::string_view word);

}  // namespace ctys::model
