// Fuzzes ranges: what expands is folded to words that expand to the same names. One word a line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "fuzz.hpp"
#include "groups/range.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  constexpr std::size_t kEnough = 2000;  // names of one input, for speed
  std::set<std::string> names;
  for (const auto word : text::split(fuzz::text_of(data, size), '\n')) {
    const auto expanded = groups::expand_ranges(word);
    if (!expanded) {
      fuzz::must(expanded.error().code == Exit::usage, "a wrong range is the user's to mend");
      fuzz::must(!expanded.error().why.empty(), "an error says why");
      continue;
    }
    fuzz::must(expanded->size() <= groups::kMaxHosts && !expanded->empty(), "names are bounded");
    if (groups::brackets_of(word) == groups::Brackets::none)
      fuzz::must(expanded->size() == 1, "without ranges there is one name");
    if (names.size() + expanded->size() < kEnough) names.insert(expanded->begin(), expanded->end());
  }
  const std::vector<std::string> sorted(names.begin(), names.end());
  std::vector<std::string> back;
  for (const auto& word : groups::fold(sorted)) {
    const auto expanded = groups::expand_ranges(word);
    fuzz::must(expanded.has_value(), "what is folded can be expanded");
    back.insert(back.end(), expanded->begin(), expanded->end());
  }
  std::sort(back.begin(), back.end());
  fuzz::must(back == sorted, "folding and expanding give back the names");
  return 0;
}
