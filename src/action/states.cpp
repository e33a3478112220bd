// MATCHVSTAT.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/states.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace ctys::action {

bool accepts_state(std::span<const std::string> words, std::string_view state, bool usable) {
  if (words.empty())
    return state.empty() || text::equal_ci(state, "ACTIVE") || text::equal_ci(state, "DISABLED");
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word == "PRESENT" || word == "ALL") return true;
    if (word == "ENABLED") return usable && text::equal_ci(state, "ACTIVE");
    if (word == "EMPTY" && state.empty()) return true;
    return text::equal_ci(state, word);
  });
}

}  // namespace ctys::action
