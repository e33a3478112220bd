// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ctys;

TEST_CASE("foreign text cannot steer a terminal") {
  CHECK(text::printable("plain ünïcode 日本") == "plain ünïcode 日本");
  CHECK(text::is_printable("plain text and ünïcode 日本"));
  for (const std::string_view bad : {"0123456789\x1b[2J", "0123456\x7f", "\xff", "ünïcode\n", "\xe2\x80\xae"})
    CHECK_FALSE(text::is_printable(bad));
  std::string row = "row: ";
  text::append_printable(row, "many plain bytes, ü, \x01 and more");
  CHECK(row == "row: many plain bytes, ü, \\x01 and more");
  CHECK(text::printable("\x1b[2J") == "\\x1b[2J");
  CHECK(text::printable("a\nb\tc\x7f") == "a\\x0ab\\x09c\\x7f");
  CHECK(text::printable("\xc2\x9b"
                        "31m") == "\\xc2\\x9b31m");  // CSI as one C1 character
  CHECK(text::printable("\xe2\x80\xae"
                        "txt") == "\\u{202e}txt");
  CHECK(text::printable("\xff\xc0\x80") == "\\xff\\xc0\\x80");  // invalid and overlong
  CHECK(text::printable(std::string("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("columns are counted as a terminal shows them") {
  CHECK(text::columns("abc") == 3);
  CHECK(text::columns("日本") == 4);
  CHECK(text::columns("e\xcc\x81") == 1);
  CHECK(text::cut_right("日本", 3) == "日");
  CHECK(text::cut_left("/very/long/path", 5) == "/path");
  CHECK(text::cut_left("日本", 3) == "本");
}

TEST_CASE("a mistyped word finds its neighbour, a foreign one does not") {
  constexpr std::array<std::string_view, 3> kWords{"LABEL", "UUID", "RECONNECT"};
  CHECK(text::nearest("lable", kWords) == "LABEL");
  CHECK(text::nearest("reconect", kWords) == "RECONNECT");
  CHECK(text::nearest("xyzzy", kWords).empty());
  CHECK(text::nearest(std::string(10000, 'a'), kWords).empty());
}

TEST_CASE("numbers are whole and fit") {
  CHECK(text::number("0") == 0);
  CHECK(text::number("18446744073709551615") == 18446744073709551615ULL);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "1x", "18446744073709551616"})
    CHECK_FALSE(text::number(bad));
}

TEST_CASE("a time is told in seconds, without empty decimals") {
  CHECK(text::seconds(0) == "0 s");
  CHECK(text::seconds(50) == "50 ms");
  CHECK(text::seconds(1500) == "1.5 s");
  CHECK(text::seconds(10'000) == "10 s");
}

TEST_CASE("split and join are inverse") {
  CHECK(text::split("", ',') == std::vector<std::string_view>{""});
  CHECK(text::split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
}

TEST_CASE("quoting is for reading and for pasting") {
  CHECK(text::shell_quoted("web01") == "web01");
  CHECK(text::shell_quoted("a b") == "'a b'");
  CHECK(text::shell_quoted("it's") == "'it'\\''s'");
  CHECK(text::shell_quoted("") == "''");
}
