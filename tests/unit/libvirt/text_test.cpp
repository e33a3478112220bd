// Identities and positions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/text.hpp"

#include <catch2/catch.hpp>

using namespace ctys::libvirt;

TEST_CASE("UUIDs are taken with and without dashes and written one way") {
  CHECK(normal_uuid("AAAAAAAA-0000-4000-8000-00000000000F") == "aaaaaaaa-0000-4000-8000-00000000000f");
  CHECK(normal_uuid("aaaaaaaa00004000800000000000000f") == "aaaaaaaa-0000-4000-8000-00000000000f");
  CHECK(!normal_uuid("aaaaaaaa-0000-4000-8000-00000000000"));
  CHECK(!normal_uuid("aaaaaaaa-0000-4000-8000-00000000000ff"));
  CHECK(!normal_uuid("gaaaaaaa-0000-4000-8000-00000000000f"));
  CHECK(!normal_uuid(""));
}

TEST_CASE("MAC addresses are taken with colons and dashes") {
  CHECK(normal_mac("52-54-00-AA-bb-01") == "52:54:00:aa:bb:01");
  CHECK(!normal_mac("52:54:00:aa:bb"));
  CHECK(!normal_mac("52:54:00:aa:bb:0g"));
  CHECK(!normal_mac("525400aabb01"));
}

TEST_CASE("numbers are whole and fit") {
  CHECK(number("18446744073709551615") == 18446744073709551615ULL);
  CHECK(!number("18446744073709551616"));
  CHECK(!number("-1"));
  CHECK(!number("1 "));
  CHECK(!number(""));
}

TEST_CASE("a position counts lines and columns from one") {
  CHECK(to_text(position_of("ab\ncd", 0)) == "line 1, column 1");
  CHECK(to_text(position_of("ab\ncd", 2)) == "line 1, column 3");
  CHECK(to_text(position_of("ab\ncd", 4)) == "line 2, column 2");
  CHECK(to_text(position_of("ab\n", 99)) == "line 2, column 1");
}
