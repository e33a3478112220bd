// Macros: references, files, nesting, EVAL.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/macro.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace ctys;
using Words = std::vector<std::string>;

namespace {

// Files in memory; EVAL answers with the command in brackets and keeps it.
struct Files {
  std::map<std::string, std::string> contents;
  std::vector<std::string> commands;
  std::string untrusted = "-";  // the name of a file that others can write

  model::MacroSource source() {
    return {[this](const std::string& name) -> Result<std::optional<model::MacroFile>> {
              const auto at = contents.find(name);
              if (at == contents.end()) return std::nullopt;
              return model::MacroFile{"/macros/" + name, at->second,
                                      name == untrusted ? "others can write its file" : ""};
            },
            [this](const std::string&, const std::string& command) -> Result<std::string> {
              commands.push_back(command);
              return "[" + command + "]";
            }};
  }
};

Words expanded(const std::string& word, Files files) {
  auto words = model::expand_word(word, files.source());
  INFO(word);
  if (!words) FAIL(words.error().summary);
  return *std::move(words);
}

Error refused(const std::string& word, Files files) {
  const auto words = model::expand_word(word, files.source());
  INFO(word);
  REQUIRE_FALSE(words);
  CHECK(words.error().code == Exit::usage);
  return words.error();
}

}  // namespace

TEST_CASE("text that others can write is inserted, and never run") {
  Files files{
      {{"", "own = echo mine\nmixed = echo {macro:x%shared}\n"}, {"shared", "x = y\n"}}, {}, "shared"};
  CHECK(expanded("macro:x%shared", files) == Words{"y"});
  CHECK(expanded("macro:mixed", files) == Words{"echo", "y"});
  CHECK(expanded("macro:own%EVAL", files) == Words{"[echo", "mine]"});
  CHECK(expanded("{macro:own%EVAL}{macro:x%shared}", files) == Words{"[echo", "mine]y"});
  for (const auto* word : {"macro:x%shared%EVAL", "macro:mixed%EVAL"}) {
    const auto words = model::expand_word(word, files.source());
    INFO(word);
    REQUIRE_FALSE(words);
    CHECK(words.error().code == Exit::refused);
    CHECK(words.error().why == "others can write its file");
  }
  CHECK(files.commands.empty());
}

TEST_CASE("a macro file has names, texts, comments and continued lines") {
  const auto macros =
      model::parse_macro_file("# comment\n\na = 1\n b-2=x = y \nlong = one%%\\\n   two\\\n three\r\n", "f");
  REQUIRE(macros);
  CHECK(*macros ==
        std::vector<model::Macro>{{"a", "1", 3}, {"b-2", "x = y", 4}, {"long", "one%%twothree", 5}});
  const auto bad = model::parse_macro_file("a = 1\nno definition\n", "/m/default");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().summary == "bad macro file /m/default, line 2");
}

TEST_CASE("macros stand anywhere in a word, in any case, with braces or without") {
  const Files files{{{"", "a = 1\nb = x\n"}}, {}};
  CHECK(expanded("MACRO:a", files) == Words{"1"});
  CHECK(expanded("l:{macro:a}.{Macro:b}!", files) == Words{"l:1.x!"});
  CHECK(expanded("l:macro:a,reuse", files) == Words{"l:1,reuse"});
  CHECK(expanded("tab:macro:a%%macro:b", files) == Words{"tab:1%%x"});
  CHECK(expanded("tab:macro:a%macro:b", files) == Words{"tab:1%x"});
  CHECK(expanded("mymacro:a", files) == Words{"mymacro:a"});  // the end of another word
  CHECK(expanded("plain words", files) == Words{"plain words"});
}

TEST_CASE("blanks of a macro separate words, quoted or typed ones do not") {
  const Files files{{{"", "two = -a list=l  -X\nq = -M 'good morning'\nempty =\n"}}, {}};
  CHECK(expanded("MACRO:two", files) == Words{"-a", "list=l", "-X"});
  CHECK(expanded("MACRO:q", files) == Words{"-M", "good morning"});
  CHECK(expanded("a b {MACRO:two}", files) == Words{"a b -a", "list=l", "-X"});
  CHECK(expanded("MACRO:empty", files).empty());
}

TEST_CASE("macros nest in texts and in names") {
  const Files files{{{"", "a = <{MACRO:b}>\nb = {MACRO:c}{MACRO:c}\nc = 7\nc7 = seven\n"}}, {}};
  CHECK(expanded("MACRO:a", files) == Words{"<77>"});
  CHECK(expanded("{MACRO:c{MACRO:c}}", files) == Words{"seven"});
}

TEST_CASE("a macro that contains itself, or grows without end, is refused") {
  CHECK(
      refused("MACRO:a", {{{"", "a = {MACRO:b}\nb = {MACRO:a}\n"}}, {}}).summary.find("nested too deeply") !=
      std::string::npos);
  std::string file = "a0 = " + std::string(100, 'x') + "\n";
  for (int i = 1; i < 18; ++i) {
    const std::string inner = "{MACRO:a" + std::to_string(i - 1) + "}";
    file += "a" + std::to_string(i) + " = " + inner + inner + inner + inner + "\n";
  }
  refused("MACRO:a17", {{{"", file}}, {}});
}

TEST_CASE("a missing or doubled definition is refused, unless it is optional") {
  const Files files{{{"", "web = 1\ntwice = 1\ntwice = 2\n"}, {"other", "web = 3\n"}}, {}};
  CHECK(refused("MACRO:wbe", files).fix == "did you mean 'web'?");
  CHECK(refused("MACRO:twice", files).why == "/macros/, lines 2 and 3");
  CHECK(expanded("MACRO:twice%OPTIONAL", files) == Words{"1"});
  CHECK(expanded("MACRO:nothing%optional", files).empty());
  CHECK(expanded("a{MACRO:nothing%OPTIONAL}b", files) == Words{"ab"});
  CHECK(expanded("MACRO:web%other", files) == Words{"3"});
  CHECK(refused("MACRO:web%nowhere", files).summary == "there is no macro file 'nowhere'");
  CHECK(expanded("MACRO:web%nowhere%ECHO%OPTIONAL", files).empty());
}

TEST_CASE("what is no reference is refused") {
  for (const auto* bad : {"{MACRO:a", "{MACRO:}", "MACRO:", "{MACRO:a b}", "{MACRO:a%f%EVAL%x}",
                          "{MACRO:a%%EVAL}", "{MACRO:a;rm}"})
    refused(bad, {{{"", "a = 1\n"}}, {}});
}

TEST_CASE("EVAL runs the text of the file and nothing of the command line") {
  Files files{{{"", "cmd = echo {MACRO:arg}\narg = hello\nraw = MACRO:cmd\n"}}, {}};
  const auto words = model::expand_word("$(rm){MACRO:cmd%EVAL};rm", files.source());
  REQUIRE(words);
  CHECK(*words == Words{"$(rm)[echo", "hello];rm"});
  CHECK(files.commands == Words{"echo hello"});
}

TEST_CASE("the shipped macros expand, and a file wins over them") {
  for (const auto& [name, text] : model::shipped_macros()) {
    const auto words = expanded("{MACRO:" + std::string(name) + "}", {});
    INFO(name);
    REQUIRE_FALSE(words.empty());
    for (const auto& word : words) CHECK(word.find("MACRO:") == std::string::npos);
  }
  CHECK(expanded("MACRO:F_ID", {}) == Words{"4_ID_25_L"});
  CHECK(expanded("MACRO:lif", {{{"", "lif = mine\n"}}, {}}) == Words{"mine"});
}
