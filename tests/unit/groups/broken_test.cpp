// What is wrong with a group file or a target is told with its line, whatever somebody put there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/groups/fixture.hpp"

using namespace ctys;
using namespace ctys::tests;

TEST_CASE("a file that begins with the mark of UTF-8 is read as one without") {
  CHECK(expanded({{"g", "\xEF\xBB\xBF# lab\r\na b\r\n"}}, "@g") == "a b");
  CHECK(expanded({{"g",
                   "\xEF\xBB\xBF"
                   "a"}},
                 "@g") == "a");
}

TEST_CASE("a broken file is named with the line that is wrong") {
  struct Case {
    std::string file;
    std::string summary;
  };
  const std::vector<Case> cases{
      {"a\nb'(-d 3\nc", "/g/g:2: a '(' is not closed"},
      {"a\nSUBTASK{b\nc\n", "/g/g:2: a '{' is not closed"},
      {"SUBTASK{}", "/g/g:1: there are no members in SUBTASK{}"},
      {"SUBTASK", "/g/g:1: SUBTASK has no members"},
      {"a{b c}", "/g/g:1: unexpected '{' behind 'a'"},
      {"a\nb c)", "/g/g:2: unexpected text behind 'c'"},
      {"\n\n}", "/g/g:3: unexpected '}'"},
      {"(-d 3) a", "/g/g:1: options belong to nothing"},
      {"a (-d 3)", "/g/g:1: options belong to nothing"},
      {"a'(-d 3)'b", "/g/g:1: unexpected text behind 'a(...)'"},
      {"-d 3", "/g/g:1: the option '-d' stands where a target is expected"},
      {"a\nweb[9-1]", "/g/g:2: bad range in 'web[9-1]'"},
      {"web[1\n-3]", "/g/g:1: a '[' is not closed"},
      {"a!", "/g/g:1: an operator has nothing to work on"},
      {"a &b", "/g/g:1: an operator has nothing to work on"},
      {"a,!b", "/g/g:1: an operator has nothing to work on"},
      {"CONTEXT a", "/g/g:1: CONTEXT has no options of its own"},
      {"a b #include c", "/g/g:1: #include stands behind a member"},
      {"#include", "/g/g:1: #include names no group"},
      {"#include a;b", "/g/g:1: bad group name 'a;b' behind #include"},
      {"x\n#include nowhere", "/g/g:2: there is no group 'nowhere'"},
      {std::string("a\0b", 3), "/g/g is no file of groups"},
      {"root:x:0:0:root:/root:/bin/sh", "/g/g:1: there is no group 'root:x:0:0:root:/root:/bin/sh'"},
      {"a\nb:65536", "/g/g:2: bad target 'b:65536'"},
      {"root@a:0", "/g/g:1: bad target 'root@a:0'"},
      {"a[1-3]:99999999999999999999", "/g/g:1: bad target 'a1:99999999999999999999'"},
      {"@nowhere", "/g/g:1: there is no group 'nowhere'"},
      {"a\ndir/nowhere", "/g/g:2: there is no group 'dir/nowhere'"},
      {"@../etc/passwd", "/g/g:1: there is no group '../etc/passwd'"},
      {"web$(id)", "/g/g:1: unexpected text behind 'web'"},
      {"a\nb;c", "/g/g:2: unexpected text behind 'b'"},
      {"a\nb\x1b[2J", "/g/g:2: unexpected text behind 'b'"},
      {"a'(-d \x1b[2J)'", "/g/g:1: the options of a target hold control characters"},
      {"a@", "/g/g:1: bad target 'a@'"},
      {"[:\x1b[2J]", "/g/g:1: bad brackets in '[:\\x1b[2J]'"},
      {"u@-oX", "/g/g:1: bad target 'u@-oX'"},
      {"web[1 2]", "/g/g:1: bad brackets in 'web[1 2]'"},
      {"a\nVMSTACK{pm1 vm1}", "/g/g:2: cannot use 'VMSTACK'"},
      {"pm1[vm1][vm2]", "/g/g:1: cannot use 'pm1[vm1][vm2]'"},
  };
  for (const auto& [file, summary] : cases) {
    INFO(file);
    const auto error = refused({{"g", file}}, "@g");
    CHECK(error.summary == summary);
    CHECK(error.summary.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("a group that contains itself is refused with the way round") {
  const Files files{{"a", "x\n#include b"},    {"b", "y\n\n@c"},  {"c", "#include a"},
                    {"self", "#include self"}, {"bare", "other"}, {"other", "bare"}};
  const auto error = refused(files, "@a");
  CHECK(error.summary == "/g/c:1: the group 'a' contains itself");
  CHECK(error.why == "a -> b (/g/a:2) -> c (/g/b:3) -> a (/g/c:1)");
  CHECK(refused(files, "self").why == "self -> self (/g/self:1)");
  CHECK(refused(files, "bare").why == "bare -> other (/g/bare:1) -> bare (/g/other:1)");
  CHECK_FALSE(groups::tree("a", source_of(files), {}));
  CHECK_FALSE(groups::measure("a", source_of(files), {}));
}

TEST_CASE("groups are nested as deep as allowed, on every way to them") {
  Files files;
  for (unsigned at = 0; at < 30; ++at)
    files["n" + std::to_string(at)] = "h" + std::to_string(at) + "\n#include n" + std::to_string(at + 1);
  files["n30"] = "end";
  CHECK(expanded(files, "@n11").substr(0, 7) == "h11 h12");
  CHECK(refused(files, "@n10").summary.find("nested too deeply") != std::string::npos);
  // What is known already is as deep as it was.
  CHECK(refused(files, "@n11 @n10").summary.find("nested too deeply") != std::string::npos);
}

TEST_CASE("a group that is named on many ways is resolved once") {
  Files files;
  for (unsigned at = 0; at < 18; ++at) {
    const auto next = "n" + std::to_string(at + 1);
    files["n" + std::to_string(at)] = "#include " + next + " " + next + " " + next;
  }
  files["n18"] = "end";
  CHECK(expanded(files, "@n0") == "end");
  CHECK(refused({{"g", "web[1-60000] db[1-60000]"}}, "@g").summary ==
        "there are more than 100000 hosts in one call");
  groups::Rules all;
  all.keep_duplicates = true;
  CHECK(refused(files, "@n0", all).summary == "there are more than 100000 hosts in one call");
}

TEST_CASE("options that many hosts share cannot fill the memory") {
  const std::string options(4000, 'x');
  CHECK(refused({{"g", "CONTEXT(" + options + ") web[1-90000]"}}, "@g").summary ==
        "the options of all targets are too long together");
  CHECK(refused({}, "a'(" + std::string(5000, 'x') + ")'").summary ==
        "the options of a target are too long in the targets");
}

TEST_CASE("a near name is offered for a group that is not there") {
  CHECK(refused({{"prod", "a"}}, "@prdo").fix == "did you mean 'prod'?");
}
