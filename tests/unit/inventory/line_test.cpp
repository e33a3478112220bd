// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/line.hpp"

#include "unit/inventory/fixture.hpp"

using namespace ctys::inventory;
using testing::record;

TEST_CASE("fields are counted from one, and missing ones are empty") {
  const auto line = record({{1, "lab01"}, {3, "web01"}, {47, "CLI"}});
  CHECK(field(line, 1) == "lab01");
  CHECK(field(line, 2).empty());
  CHECK(field(line, 3) == "web01");
  CHECK(field(line, 47) == "CLI");
  CHECK(field(line, 48).empty());
  const auto fields = split(line);
  CHECK(fields[0] == "lab01");
  CHECK(fields[46] == "CLI");
  CHECK(split(record({{43, "note"}}, 43))[42] == "note");
  CHECK(split(record({{43, "note"}}, 43))[43].empty());
  CHECK(split("")[0].empty());
}

TEST_CASE("a line is checked before it is believed") {
  CHECK(check(record({})) == Defect::none);
  CHECK(check(record({}, 43)) == Defect::none);
  CHECK(check("") == Defect::blank);
  CHECK(check(" \t") == Defect::blank);
  CHECK(check("# a;b;c") == Defect::comment);
  CHECK(check("  # a") == Defect::comment);
  CHECK(check("a;b;c") == Defect::fields);
  CHECK(check(record({{1, "\"lab01\""}, {2, "\"QEMU\""}})) == Defect::quoted);
  CHECK(check(record({{3, "\"web01\""}})) == Defect::none);  // the text of one field may be anything
  for (const std::size_t count : {42, 44, 46, 48}) CHECK(check(record({}, count)) == Defect::fields);
  CHECK(check(record({{3, std::string_view("a\0b", 3)}})) == Defect::nul);
  CHECK(check(record({{43, "Grüße 東京"}})) == Defect::none);
  CHECK(check(record({{43, "\xff"}})) == Defect::utf8);
  CHECK(check(record({{43, "\xc3"}})) == Defect::utf8);          // cut
  CHECK(check(record({{43, "\xed\xa0\x80"}})) == Defect::utf8);  // a surrogate
  CHECK(check(record({{43, "0123456789012345678901234567890\xc0\xaf"}})) == Defect::utf8);
  const std::string fits(kMaxLine - (kFields - 1), 'x');
  CHECK(check(record({{43, fits}})) == Defect::none);
  CHECK(check(record({{43, fits + "x"}})) == Defect::too_long);
}

TEST_CASE("one carriage return belongs to the line's end") {
  CHECK(without_return("a\r") == "a");
  CHECK(without_return("a\r\r") == "a\r");
  CHECK(without_return("").empty());
}
