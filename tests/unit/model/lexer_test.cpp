// Lists of suboptions and their escapes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lexer.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ctys;
using model::Term;

namespace {
std::vector<Term> lexed(std::string_view text) {
  auto terms = model::lex_suboptions(text);
  REQUIRE(terms);
  return *std::move(terms);
}
}  // namespace

TEST_CASE("suboptions are cut at commas and at the first colon") {
  CHECK(lexed("l:web01,reuse") ==
        std::vector<Term>{{"l", "web01", "l:web01"}, {"reuse", std::nullopt, "reuse"}});
  CHECK(lexed("console:vnc:5901") == std::vector<Term>{{"console", "vnc:5901", "console:vnc:5901"}});
  CHECK(lexed("l:") == std::vector<Term>{{"l", "", "l:"}});
}

TEST_CASE("empty terms are dropped, a term without key is not") {
  CHECK(lexed("").empty());
  CHECK(lexed(",l:a,").size() == 1);
  const auto bad = model::lex_suboptions(":web01");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Exit::usage);
}

TEST_CASE("separators are escaped by doubling or by a backslash") {
  CHECK(lexed("l:a,,b")[0].argument == "a,b");
  CHECK(lexed(R"(l:a\,b)")[0].argument == "a,b");
  CHECK(lexed("l:a,,,m:b") == std::vector<Term>{{"l", "a,", "l:a,"}, {"m", "b", "m:b"}});
  CHECK(lexed("a::b:c")[0].key == "a:b");
  CHECK(lexed(R"(a\:b:c)")[0].key == "a:b");
  CHECK(model::values("a::b:c") == std::vector<std::string>{"a:b:c"});
  CHECK(model::values(R"(a\:b)") == std::vector<std::string>{"a:b"});
  CHECK(lexed(R"(l:a\\,b)").size() == 2);  // two backslashes before a separator are one
  CHECK(lexed(R"(l:a\nb)")[0].argument == R"(a\nb)");
}

TEST_CASE("a percent sign separates values, is a blank in free text, and doubled it is itself") {
  CHECK(model::values("a%b%%c") == std::vector<std::string>{"a", "b%c"});
  CHECK(model::values("") == std::vector<std::string>{""});
  CHECK(model::values("%") == std::vector<std::string>{"", ""});
  CHECK(model::free_text("uname%-a") == "uname -a");
  CHECK(model::free_text("date%+%%s") == "date +%s");
  CHECK(model::column_specs("1_PM_15%%2_ST%3") == std::vector<std::string>{"1_PM_15", "2_ST", "3"});
  CHECK(model::column_specs("").empty());
}

TEST_CASE("a nested call keeps its inner comma") {
  const auto terms = lexed("l:hop0,cmd:ctys%-t%cli%-a%create=l:hop1,,cmd:xterm%lab00");
  REQUIRE(terms.size() == 2);
  CHECK(model::free_text(*terms[1].argument) == "ctys -t cli -a create=l:hop1,cmd:xterm lab00");
}

TEST_CASE("a list that is far too long is refused") {
  CHECK_FALSE(model::lex_suboptions(std::string(model::kMaxSuboptions + 1, 'a')));
}

TEST_CASE("whatever is escaped reads back, at every place of a list") {
  std::mt19937 random(20);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts in every run
  constexpr std::string_view kAlphabet = ",:%\\ab/";
  for (int round = 0; round < 20000; ++round) {
    std::string value(1 + random() % 8, ' ');
    for (auto& c : value) c = kAlphabet[random() % kAlphabet.size()];
    const bool last = random() % 2 == 0;
    const auto terms = lexed("KEY:" + model::escaped(value, ",:%", last) + (last ? "" : ",next"));
    INFO(value);
    REQUIRE(terms.size() == (last ? 1 : 2));
    REQUIRE(terms[0].key == "KEY");
    REQUIRE(model::values(*terms[0].argument) == std::vector{value});
  }
}
