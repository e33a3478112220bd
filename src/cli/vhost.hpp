// The command lines of the inventory: ctys vhost, ctys find, and ctys-vhost of existing scripts.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// They are read here and not by CLI11, which takes a word like [ab] for a list: words of these lines are
// regular expressions, and arrive as they were written.
#pragma once

#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/draft.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace ctys::cli {

// `argv`: what follows the action's name. `classic`: called as ctys-vhost.
[[nodiscard]] Result<Command> parse_inventory(model::Action action, std::span<const std::string> argv,
                                              bool classic);

// The words of -o.
[[nodiscard]] Result<void> read_output_list(Draft& draft, std::string_view list);
// NAME[:WIDTH],... of --columns.
[[nodiscard]] Result<void> read_column_list(Draft& draft, std::string_view list);

// What is sorted by must be shown. Scripts of the original may name a column that is not: they are warned.
[[nodiscard]] Result<void> check_sort(const model::Output& output);

// The values of options; `option` is the one that is named in errors.
[[nodiscard]] Result<void> read_reachable(Draft& draft, const std::string& option, const std::string& value);
[[nodiscard]] Result<void> read_listing(Draft& draft, const std::string& option, const std::string& value);
[[nodiscard]] Result<void> read_cache(Draft& draft, const std::string& option, const std::string& value);
[[nodiscard]] Result<void> read_types(Draft& draft, const std::string& option, const std::string& value);

// The position of a word among '|'-separated ones, as an enumeration of the same order has it.
template <class Enum>
Result<Enum> enum_of(const std::string& option, std::string_view value, std::string_view known) {
  const auto words = text::split(known, '|');
  const auto at =
      std::find_if(words.begin(), words.end(), [&](auto word) { return text::equal_ci(word, value); });
  if (at == words.end()) return bad_word(option, value, known);
  return static_cast<Enum>(at - words.begin());
}

}  // namespace ctys::cli
