// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/agent.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ctys;
using namespace std::string_literals;

TEST_CASE("an agent tells of the chosen keys only") {
  const auto chosen = [](std::string_view blob) { return blob == "b"; };
  const auto one = "\0\0\0\1b\0\0\0\2me"s;
  const auto other = "\0\0\0\2aa\0\0\0\0"s;
  CHECK(ssh::without_others("\x0c\0\0\0\2"s + other + one, chosen) == "\x0c\0\0\0\1"s + one);
  CHECK(ssh::without_others("\x0c\0\0\0\0"s, chosen) == "\x0c\0\0\0\0"s);
  CHECK(ssh::without_others("\x0e\0\0\0\1s"s, chosen) == "\x0e\0\0\0\1s"s);
  CHECK(ssh::without_others(""s, chosen).empty());
}

TEST_CASE("of a list that is broken an agent tells nothing") {
  const auto all = [](std::string_view) { return true; };
  for (const auto& broken :
       {"\x0c\0\0\0\1\0\0\0\7b"s, "\x0c\xff\xff\xff\xff"s, "\x0c\0\0\0\1\xff\xff\xff\xff"s + "b"s})
    CHECK(ssh::without_others(broken, all) == "\x0c\0\0\0\0"s);
  CHECK(ssh::without_others("\x0c\0"s, all) == "\x0c\0\0\0\0"s);
}

TEST_CASE("base64 has its padding") {
  CHECK(ssh::base64("") == "");
  CHECK(ssh::base64("f") == "Zg==");
  CHECK(ssh::base64("fo") == "Zm8=");
  CHECK(ssh::base64("foobar") == "Zm9vYmFy");
  CHECK(ssh::base64("\xff\xfe\xfd"s) == "//79");
}
