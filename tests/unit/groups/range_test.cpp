// Number ranges: what they stand for, what is refused, and that folding is the way back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/range.hpp"

#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>

using namespace ctys;
using namespace ctys::groups;

namespace {

std::string expanded(std::string_view name) {
  const auto names = expand_ranges(name);
  INFO(name);
  REQUIRE(names);
  return text::join(*names, " ");
}

std::string folded(std::string_view names) {
  std::vector<std::string> words;
  for (const auto word : text::split(names, ' ')) words.emplace_back(word);
  return text::join(fold(words), " ");
}

// The names that words with ranges stand for, sorted.
std::vector<std::string> all_of(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const auto& word : words) {
    const auto names = expand_ranges(word);
    INFO(word);
    REQUIRE(names);
    all.insert(all.end(), names->begin(), names->end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("a range stands for its numbers, padded as its ends are") {
  CHECK(expanded("web") == "web");
  CHECK(expanded("web[7]") == "web7");
  CHECK(expanded("web[1-3,12]") == "web1 web2 web3 web12");
  CHECK(expanded("web[08-11]") == "web08 web09 web10 web11");
  CHECK(expanded("web[08-11,7]x") == "web08x web09x web10x web11x web7x");
  CHECK(expanded("n[098-101]") == "n098 n099 n100 n101");
  CHECK(expanded("n[98-101]") == "n98 n99 n100 n101");
  CHECK(expanded("n[099-1000/901]") == "n099 n1000");
  CHECK(expanded("rack[0-6/2]") == "rack0 rack2 rack4 rack6");
  CHECK(expanded("dc[1-2]n[1-2].x") == "dc1n1.x dc1n2.x dc2n1.x dc2n2.x");
  CHECK(expanded("[1-2]web") == "1web 2web");
  CHECK(expanded("root@web[1-2]:22") == "root@web1:22 root@web2:22");
  CHECK(expanded("[2001:db8::1]:22") == "[2001:db8::1]:22");
  CHECK(expanded("root@[fe80::1]") == "root@[fe80::1]");
  CHECK(expanded("n[999999999999999998-999999999999999999]") == "n999999999999999998 n999999999999999999");
}

TEST_CASE("a range that cannot be read, or stands for too much, is refused before a name is made") {
  for (const auto* name : {"web[",
                           "web]",
                           "web[]",
                           "web[1-]",
                           "web[-1]",
                           "web[a-c]",
                           "web[1-2-3]",
                           "web[1,,2]",
                           "web[9-1]",
                           "web[1-9/0]",
                           "web[1-9/]",
                           "web[1/2-3]",
                           "web[01-9]",
                           "web[1-010]",
                           "web[0-09]",
                           "web[1-9999999999]",
                           "web[1-99999999999999999999]",
                           "w[1-1000][1-1000]",
                           "w[0-999999999999999999][0-999999999999999999]",
                           "[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]",
                           "web[1-9,1-100000]"}) {
    INFO(name);
    const auto names = expand_ranges(name);
    REQUIRE_FALSE(names);
    CHECK(names.error().code == Exit::usage);
    CHECK_FALSE(names.error().why.empty());
  }
  CHECK(expand_ranges("web[1-100000]")->size() == kMaxHosts);
}

TEST_CASE("brackets tell ranges from stacks and addresses") {
  CHECK(brackets_of("web") == Brackets::none);
  CHECK(brackets_of("web[1-3]") == Brackets::ranges);
  CHECK(brackets_of("web[1-3") == Brackets::ranges);
  CHECK(brackets_of("web]") == Brackets::ranges);
  CHECK(brackets_of("pm[vm1]") == Brackets::stack);
  CHECK(brackets_of("pm[1-2][vm1]") == Brackets::stack);
  CHECK(brackets_of("[fe80::1]:22") == Brackets::none);
  CHECK(brackets_of("a[fe80::1]") == Brackets::stack);
}

TEST_CASE("names are folded, padding and all") {
  CHECK(folded("web1 web2 web3") == "web[1-3]");
  CHECK(folded("web3 web1 web2 web1") == "web[1-3]");
  CHECK(folded("web1 web2 web4") == "web[1-2,4]");
  CHECK(folded("web01 web02 web10") == "web[01-02,10]");
  CHECK(folded("web08 web09 web10 web11") == "web[08-11]");
  CHECK(folded("n999 n1000 n998") == "n[998-1000]");
  CHECK(folded("n099 n100 n1000") == "n[099-100,1000]");
  CHECK(folded("web1 web01") == "web1 web01");
  CHECK(folded("a1b1 a1b2 a2b1 a2b2") == "a[1-2]b[1-2]");
  CHECK(folded("a1b1 a1b2 a2b1") == "a1b[1-2] a2b1");
  CHECK(folded("web1 db1 web2 solo") == "web[1-2] db1 solo");
  CHECK(folded("10.0.0.1 10.0.0.2") == "10.0.0.[1-2]");
  CHECK(folded("[fe80::1]:22 [fe80::2]:22") == "[fe80::1]:22 [fe80::2]:22");
  CHECK(fold({}).empty());
  // Names of which one could be taken for the pieces of another.
  CHECK(fold(std::vector<std::string>{"1", std::string(1, '\0'), "2"}) ==
        std::vector<std::string>{"[1-2]", std::string(1, '\0')});
}

TEST_CASE("folding and expanding give back exactly the names there were") {
  std::mt19937 random(20261121);  // NOLINT: the same names in every run
  const auto pick = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int run = 0; run < 400; ++run) {
    std::set<std::string> names;
    const auto count = pick(60);
    const auto span = 1 + pick(120);
    for (unsigned i = 0; i < count; ++i) {
      std::string name;
      for (unsigned part = pick(3) + 1; part > 0; --part) {
        name += std::vector<std::string>{"web", "db", ".x-", "a:", "0", ""}[pick(6)];
        auto digits = std::to_string(pick(span));
        if (pick(2) == 0) digits.insert(0, pick(3), '0');
        if (pick(30) == 0) digits += "12345678901234567890";
        name += digits;
      }
      names.insert(name);
    }
    const std::vector<std::string> sorted(names.begin(), names.end());
    auto shuffled = sorted;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    const auto words = fold(shuffled);
    CHECK(words.size() <= names.size());
    CHECK(all_of(words) == sorted);
    CHECK(fold(sorted).size() == words.size());
  }
}

TEST_CASE("a whole table of numbers folds into one word") {
  const auto names = expand_ranges("dc[1-3]r[01-20]n[1-9].lab");
  REQUIRE(names);
  CHECK(fold(*names) == std::vector<std::string>{"dc[1-3]r[01-20]n[1-9].lab"});
}
