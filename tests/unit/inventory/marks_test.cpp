// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/marks.hpp"

#include "unit/inventory/fixture.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <algorithm>
#include <string>

using namespace ctys;
using namespace ctys::inventory;

namespace {

// Bytes of all kinds, those that are marked often; lines of all lengths around those that are looked at
// together.
std::string random_bytes(generator::Random& random) {
  constexpr std::string_view kOften = ";;;;\n ~\x1f\x7f\r#";
  const bool few_lines = random.below(2) == 0;
  std::string text(random.below(12000), 'x');
  for (auto& byte : text) {
    const auto kind = random.below(20);
    if (kind < 4) byte = kOften[random.below(kOften.size())];
    if (kind == 4) byte = static_cast<char>(random.below(256));
    if (byte == '\n' && few_lines && random.below(30) != 0) byte = 'n';
  }
  return text;
}

}  // namespace

TEST_CASE("marked lines are those that a look at each byte finds") {
  generator::Random random(17);
  for (int round = 0; round < 3000; ++round) {
    const auto text = random_bytes(random);
    MarkedLines lines(text);
    MarkedLine line;
    std::string_view rest = text;
    while (!rest.empty()) {
      REQUIRE(lines.next(line));
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto expected = rest.substr(0, end);
      REQUIRE(line.text.data() == expected.data());
      REQUIRE(line.text.size() == expected.size());
      REQUIRE(line.ended == (end < rest.size()));
      REQUIRE(line.separators == static_cast<std::size_t>(std::count(expected.begin(), expected.end(), ';')));
      REQUIRE(line.others ==
              std::any_of(expected.begin(), expected.end(), [](char c) { return c < ' ' || c > '~'; }));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    REQUIRE_FALSE(lines.next(line));
  }
}
