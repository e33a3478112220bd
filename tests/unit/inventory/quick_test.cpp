// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/quick.hpp"

#include "unit/inventory/fixture.hpp"

#include <sstream>

using namespace ctys::inventory;
using testing::Folder;
using testing::record;

namespace {

std::optional<std::string> answer(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  return quick_answer(pointers);
}

}  // namespace

TEST_CASE("plain look-ups are answered at once") {
  const Folder folder;
  testing::write(
      folder / "enum.fdb",
      record({{1, "lab01"}, {3, "web01"}, {6, "52:54:00:00:00:01"}, {7, "10.0.0.1"}, {43, "a\x1b[31m"}}) +
          "\n" + record({{1, "lab01"}, {3, "web01"}, {6, "52:54:00:00:00:02"}, {7, "10.0.0.2"}}, 43) + "\n");
  const auto of = " -p " + folder.path().string();
  CHECK(answer("ctys vhost web01 -o tcp" + of) == "10.0.0.1\n10.0.0.2\n");
  CHECK(answer("/usr/bin/ctys vhost" + of + " -o L,tcp mac:5254.0000.0002") == "web01;10.0.0.2\n");
  CHECK(answer("ctys vhost 52-54-00-00-00-01 -o ustrg" + of) == "a\\x1b[31m\n");
  CHECK(answer("ctys vhost 10.0.0.2 -o machine" + of) ==
        record({{1, "lab01"}, {3, "web01"}, {6, "52:54:00:00:00:02"}, {7, "10.0.0.2"}}) + "\n");
  CHECK(answer("ctys vhost host:lab01 -o tcp" + of) == "10.0.0.1\n10.0.0.2\n");
}

TEST_CASE("everything else is left to the parser") {
  const Folder folder;
  const auto file = record({{3, "web01"}, {7, "10.0.0.1"}}) + "\n" + record({{3, "and"}}) + "\n" +
                    record({{3, "f:1"}}) + "\n";
  testing::write(folder / "enum.fdb", file);
  const auto of = " -p " + folder.path().string();
  REQUIRE(answer("ctys vhost web01 -o tcp" + of));
  for (const auto* line : {"ctys vhost web01",
                           "ctys vhost -o tcp",
                           "ctys vhost web0. -o tcp",
                           "ctys vhost nosuch -o tcp",
                           "ctys vhost web01 web01 -o tcp",
                           "ctys vhost web01 -o tcp -o tcp",
                           "ctys vhost web01 -o nosuch",
                           "ctys vhost web01 -o ip",
                           "ctys vhost web01 -o index",
                           "ctys vhost web01 -o tcp,sort",
                           "ctys vhost web01 -o ,",
                           "ctys vhost web01 -o json",
                           "ctys vhost web01 -o tcp -M first",
                           "ctys vhost web01 -o tcp --",
                           "ctys-vhost web01 -o tcp",
                           "ctys find web01 -o tcp",
                           "ctys list web01 -o tcp",
                           "ctys vhost and -o label",
                           "ctys vhost f:1 -o label",
                           "ctys vhost -- web01 -o tcp",
                           "ctys vhost web01 -o",
                           "ctys vhost web01 -otcp",
                           "ctys vhost labl:web01 -o tcp",
                           "ctys vhost {MACRO:X} -o tcp",
                           "ctys vhost web01 -o MACRO:X",
                           "ctys"}) {
    CAPTURE(line);
    CHECK_FALSE(answer(line + of));
  }
  CHECK_FALSE(answer("ctys vhost web01 -o tcp -p " + (folder / "none").string()));
  CHECK_FALSE(answer(""));
  // Who warns has a log.
  testing::write(folder / "enum.fdb", file + "broken\n");
  CHECK_FALSE(answer("ctys vhost web01 -o tcp" + of));
}
