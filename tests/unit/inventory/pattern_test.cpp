// awk's regular expressions as RE2 has them, the text they cannot do without, and the search for it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/pattern.hpp"

#include "generator/generator.hpp"
#include "inventory/ere.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ctys;
using namespace ctys::inventory;

namespace {

struct Case {
  std::string_view expression;
  std::string_view matching;  // ' '-separated
  std::string_view others;
};

// What gawk does with the same expressions and texts.
constexpr std::array kCases{
    Case{"web", "web xwebx", "we Web"},
    Case{"^web$", "web", "xweb webx"},
    Case{"w.b", "web w;b wüb", "wb"},
    Case{"(web|db)-[0-9]*5;", "web-15; xdb-5;", "web-1; mail-5;"},
    Case{"ab*c", "ac abbc", "adc"},
    Case{"ab+c", "abc abbc", "ac"},
    Case{"ab?c", "ac abc", "abbc"},
    Case{"a{2}", "aa aaa", "a a{2}"},
    Case{"^a{2,}$", "aa aaaa", "a"},
    Case{"^a{,2}b$", "b ab aab", "aaab"},
    Case{"^a{1,2}b$", "ab aab", "b aaab"},
    Case{"a{x", "a{x", "a x"},
    Case{"a{2,x}", "a{2,x}", "aa"},
    Case{"^a{0,1000}$", "a aaaa", "b"},
    Case{"{2}", "{2}", "2"},
    Case{"*a", "*a", "a"},
    Case{"+a", "+a", "a"},
    Case{"^*a", "*a", "a x*a"},
    Case{"(*a)", "*a", "a"},
    Case{"x|*b", "x *b", "b"},
    Case{"^(ab)**c$", "c abc ababc", "abb"},
    Case{"a)", "a)", "a )"},
    Case{"a|b)c", "a b)c", "bc"},
    Case{"[abc]x", "ax cx", "dx x"},
    Case{"[^abc]x", "dx ;x", "ax"},
    Case{"[]a]x", "]x ax", "bx"},
    Case{"[^]a]x", "bx", "]x ax"},
    Case{"[a-c-]x", "bx -x", "dx"},
    Case{"[\\]a]x", "]x ax", "\\x"},
    Case{"[a\\-c]x", "-x ax cx", "bx"},
    Case{"[[:digit:]]x", "7x", "ax :x"},
    Case{"[[:alpha:]_]x", "ax _x", "7x"},
    Case{"[^[:space:]]x", "ax", "x"},
    Case{"[a.*?+(|]x", "*x ?x .x (x", "bx"},
    Case{"[é]x", "éx", "ex"},
    Case{"\\.x", ".x", "ax"},
    Case{"\\/x", "/x", "x\\"},
    Case{"\\101", "A", "101"},
    Case{"\\x41b", "Ab", "x41b"},
    Case{"\\ywe", "we xx;we", "xwe"},
    Case{"^\\w+$", "a_9", "a-9"},
    Case{"a^b", "", "ab a^b"},
    Case{"a$b", "", "ab a$b"},
    Case{"a\\$b", "a$b", "ab"},
    Case{"()x", "x ax", "a"},
    Case{"a||b", "a b x", ""},
};

std::vector<std::string> texts_of(std::string_view list) {
  std::vector<std::string> texts;
  while (!list.empty()) {
    const auto end = list.find(' ');
    texts.emplace_back(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return texts;
}

}  // namespace

TEST_CASE("expressions match what awk matches") {
  for (const auto& one : kCases) {
    INFO(one.expression);
    const auto pattern = Pattern::compile(one.expression);
    REQUIRE(pattern);
    for (const auto& text : texts_of(one.matching)) {
      INFO(text);
      CHECK(pattern->matches(text));
    }
    for (const auto& text : texts_of(one.others)) {
      INFO(text);
      CHECK_FALSE(pattern->matches(text));
    }
  }
}

TEST_CASE("nothing matches everything, and a dot what is not empty") {
  const auto nothing = Pattern::compile("");
  REQUIRE(nothing);
  CHECK(nothing->matches_everything());
  CHECK(nothing->matches(""));
  const auto dot = Pattern::compile(".");
  REQUIRE(dot);
  CHECK(dot->matches("a"));
  CHECK_FALSE(dot->matches(""));
}

TEST_CASE("an expression that cannot be read is an error that names the character") {
  struct Bad {
    std::string_view expression;
    std::string_view why;
  };
  constexpr std::array kBad{Bad{"web(a", "character 4: the parenthesis is not closed"},
                            Bad{"é[a", "character 2: the bracket is not closed"},
                            Bad{"[", "character 1"},
                            Bad{"[]", "character 1"},
                            Bad{"a[[:foo:]]", "there is no class of that name"},
                            Bad{"[z-a]", "the range runs backwards"},
                            Bad{"a\\", "nothing follows the backslash"},
                            Bad{"\\d+", "awk has no \\d"},
                            Bad{"\\<a", "word beginnings"},
                            Bad{"\xff", "no UTF-8"},
                            Bad{"[\xff]", "no UTF-8"},
                            Bad{"a{2,1}", "character 2: the range of the repetition runs backwards"},
                            Bad{"x(a{1001})", "character 4: it repeats more than 1000 times"},
                            Bad{"a{3,99999999999999999999}", "more than 1000 times"},
                            Bad{"\\000", "ASCII"}};
  for (const auto& [expression, why] : kBad) {
    INFO(expression);
    const auto pattern = Pattern::compile(expression);
    REQUIRE_FALSE(pattern);
    CHECK(pattern.error().code == Exit::usage);
    CHECK_THAT(pattern.error().why, Catch::Contains(std::string(why)));
  }
}

TEST_CASE("the size of an expression is bounded: in bytes, in depth, and in what it repeats") {
  CHECK(Pattern::compile(std::string(kMaxPattern, 'a')));
  CHECK_FALSE(Pattern::compile(std::string(kMaxPattern + 1, 'a')));
  CHECK_FALSE(Pattern::compile(std::string(100, '(') + "a" + std::string(100, ')')));
  const auto repeats = Pattern::compile("((((a{200}){200}){200}){200})");
  REQUIRE_FALSE(repeats);
  CHECK_THAT(repeats.error().why, Catch::Contains("repeats too much"));
  CHECK_FALSE(Pattern::compile("(.{250}x){20}"));
}

TEST_CASE("a text is repeated more than POSIX asks for") {
  const auto pattern = Pattern::compile("^(a{256}|b{1000})$");
  REQUIRE(pattern);
  CHECK(pattern->matches(std::string(256, 'a')));
  CHECK(pattern->matches(std::string(1000, 'b')));
  CHECK_FALSE(pattern->matches(std::string(257, 'a')));
  CHECK_FALSE(pattern->matches(std::string(999, 'b')));
}

TEST_CASE("an expression that makes backtracking matchers run away takes linear time") {
  const auto pattern = Pattern::compile("^(a*)*(a|aa)+(a*a*)*b$");
  REQUIRE(pattern);
  CHECK_FALSE(pattern->matches(std::string(60000, 'a')));
  CHECK(pattern->matches(std::string(60000, 'a') + "b"));
}

TEST_CASE("the text a match cannot do without is found") {
  struct Needs {
    std::string_view expression;
    std::string_view text;
    bool is_all = false;
  };
  constexpr std::array kNeeds{Needs{"web01", "web01", true},
                              Needs{"^web01", "web01"},
                              Needs{"web01$", "web01"},
                              Needs{"w.b01", "b01"},
                              Needs{"(web|db)-01", "-01"},
                              Needs{"web|db", ""},
                              Needs{"a*web", "web"},
                              Needs{"web0*", "web"},
                              Needs{"web0+1", "web0"},
                              Needs{"(web)01", "web01", true},
                              Needs{"(web)?01", "01"},
                              Needs{"(web){2}x", "webx"},
                              Needs{"a.b", "a"},
                              Needs{"10\\.0\\.0\\.1", "10.0.0.1", true},
                              Needs{"(a(b|c)long)x", "longx"},
                              Needs{"x{0}y", "y"},
                              Needs{"a|)web", ""}};
  for (const auto& [expression, text, is_all] : kNeeds) {
    INFO(expression);
    const auto read = read_ere(expression);
    REQUIRE(read);
    const bool is_shorter = text.find(read->required) != std::string_view::npos;
    CHECK(is_shorter);
    CHECK(read->required.empty() == text.empty());
    CHECK(read->is_text == is_all);
  }
}

TEST_CASE("the search for a text finds its first place, wherever it is") {
  generator::Random random(20);
  for (int round = 0; round < 3000; ++round) {
    std::string hay;
    for (auto left = random.below(200); left > 0; --left) hay += static_cast<char>('a' + random.below(3));
    std::string needle;
    for (auto left = random.below(6); left > 0; --left) needle += static_cast<char>('a' + random.below(3));
    const auto expected = hay.find(needle);
    const auto* const found = Finder(needle).find(hay.data(), hay.data() + hay.size());
    INFO(hay << " / " << needle);
    CHECK((found == nullptr) == (expected == std::string::npos));
    if (found != nullptr) CHECK(static_cast<std::size_t>(found - hay.data()) == expected);
  }
}

TEST_CASE("the search for one of some texts finds the first place of any, wherever it is") {
  generator::Random random(21);
  const auto word = [&](std::size_t size) {
    std::string text;
    for (; size > 0; --size) text += static_cast<char>('a' + random.below(3));
    return text;
  };
  for (int round = 0; round < 5000; ++round) {
    const auto hay = word(random.below(200));
    std::vector<std::string> needles;
    auto expected = std::string::npos;
    for (auto left = 1 + random.below(AnyFinder::kMost); left > 0; --left) {
      needles.push_back(word(2 + random.below(6)));
      expected = std::min(expected, hay.find(needles.back()));
    }
    const auto* const found = AnyFinder(needles).find(hay.data(), hay.data() + hay.size());
    INFO(hay << " / " << needles.front());
    CHECK((found == nullptr) == (expected == std::string::npos));
    if (found != nullptr) CHECK(static_cast<std::size_t>(found - hay.data()) == expected);
  }
}

TEST_CASE("what matches begin with is known") {
  using Texts = std::vector<std::string>;
  const auto of = [](std::string_view expression) { return read_ere(expression).value().beginnings; };
  CHECK(of("(web|db)-[0-9]*5;") == Texts{"web-", "db-"});
  CHECK(of("web[0-9]") == Texts{"web"});
  CHECK(of("(ab)+x") == Texts{"ab"});
  CHECK(of("(a|b)(c|d)e.") == Texts{"ace", "ade", "bce", "bde"});
  CHECK(of("web|db.") == Texts{"web", "db"});
  CHECK(of("ab{2}") == Texts{"ab"});
  CHECK(of("(web|)db") == Texts{"webdb", "db"});
  CHECK(of("a.b").empty());  // one character stands nearly everywhere
  for (const auto* unknown :
       {"[wd]eb", "(web)?db", "web|", "|web", "x*web", ".web", "^web", "web|[d]b", "(a|b|c)(d|e)xy",
        "ab|cd|ef|gh|ij", "web)x", "a)web|b", "w{0}eb", "(w|[x])eb"}) {
    INFO(unknown);
    CHECK(of(unknown).empty());
  }
}

TEST_CASE("what matches begin with changes no answer") {
  generator::Random random(22);
  static const std::array<std::string, 18> kParts{"a",    "b",      "ab",    "(a|b)", "(ab|ba)", "(ab|b|)",
                                                  "[ab]", "a*",     "(ab)+", ".",     "^",       "$",
                                                  "\\y",  "(a|b)?", "b{2}",  "|",     "c",       "(b|ca)"};
  std::size_t known = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string expression;
    for (auto left = 1 + random.below(5); left > 0; --left) expression += random.of(kParts);
    const auto read = read_ere(expression);
    const auto pattern = Pattern::compile(expression);
    // The same, but what stands in front hides how it begins.
    const auto plain = Pattern::compile("(x{0})(" + expression + ")");
    if (!read || !pattern || !plain) continue;
    known += read->beginnings.empty() ? 0 : 1;
    std::string text;
    for (auto left = random.below(60); left > 0; --left) text += static_cast<char>('a' + random.below(4));
    INFO(expression << " in " << text);
    CHECK(pattern->matches(text) == plain->matches(text));
  }
  CHECK(known > 500);
}

TEST_CASE("a glob holds for the whole value, or a part of it, in any case") {
  const auto whole = [](std::string_view pattern, std::string_view text) {
    return Pattern::glob(pattern, true)->matches(text);
  };
  CHECK(whole("web*", "WEB01"));
  CHECK_FALSE(whole("web*", "xweb01"));
  CHECK(whole("*.lab", "a.lab"));
  CHECK_FALSE(whole("*.lab", "a-lab"));
  CHECK(whole("", ""));
  CHECK_FALSE(whole("", "x"));
  CHECK(whole("[ab](c", "[ab](c"));
  CHECK(Pattern::glob("EB", false)->matches("web01"));
  CHECK(whole("LAB*", "lab01"));
  CHECK(whole("lab*", "LAB"));
  CHECK_FALSE(whole("lab*", "alab01"));
  CHECK_FALSE(whole("ab*ba", "aba"));
  CHECK(whole("ab*ba", "abba"));
  CHECK(whole("a*b*a*c", "aXBxaxC"));
  CHECK_FALSE(whole("a*b*a*c", "aXaxbxC"));
  CHECK(whole("*", ""));
  CHECK(whole("", ""));
  CHECK_FALSE(whole("", "x"));
  CHECK(whole("gr*n", "Gr\xc3\xbcN"));
  CHECK(whole("GR\xc3\x9c*", "gr\xc3\xbcn"));
  CHECK(Pattern::glob("a*B", false)->matches("xxAxxbxx"));
  CHECK_FALSE(Pattern::glob("a*b", false)->matches("xxbxxaxx"));
  CHECK_FALSE(Pattern::glob("e.b", false)->matches("web01"));
  CHECK(Pattern::glob(std::string(kMaxPattern, '*'), true)->matches("x"));
}
