// Parts of MAC addresses and UUIDs: what is taken for one, and in which form it is looked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/spelling.hpp"

#include <catch2/catch.hpp>

using namespace ctys::spelling;

namespace {

std::string mac_of(std::string_view word) {
  return part_of(word).value_or(Part{}).mac;
}
std::string uuid_of(std::string_view word) {
  return part_of(word).value_or(Part{}).uuid;
}

}  // namespace

TEST_CASE("a MAC address and a UUID have one form, however they are written") {
  std::string scratch;
  for (const auto* text : {"52:54:00:AB:cd:ef", "52-54-00-ab-cd-ef", "5254.00ab.cdef", "525400ABCDEF"})
    CHECK(usual_mac(text, scratch) == "52:54:00:ab:cd:ef");
  for (const auto* text : {"", "52:54:00:ab:cd", "52:54:00:ab:cd:ef:01", "web01", "52:54:00:ab:cd:xx"})
    CHECK(usual_mac(text, scratch).empty());
  for (const auto* text : {"8F1D6C3E-2a54-4f0b-9b0e-6f2f6c1a0002", "8f1d6c3e2a544f0b9b0e6f2f6c1a0002"})
    CHECK(usual_uuid(text, scratch) == "8f1d6c3e2a544f0b9b0e6f2f6c1a0002");
  CHECK(usual_uuid("8f1d6c3e-2a54", scratch).empty());
}

TEST_CASE("three bytes of a MAC address are a part of one in every spelling") {
  for (const auto* word : {"52:54:00", "52-54-00", "525400", "52:54:00:", "525400*", "*52:54:00*"})
    CHECK(mac_of(word) == "52:54:00");
  CHECK(mac_of("5254.00AB") == "52:54:00:ab");
  CHECK(mac_of("52:54:00:AB:CD:EF") == "52:54:00:ab:cd:ef");
  for (const auto* word :
       {"52:54", "db-01", "5254", "web01", "52:54-00", "2:54:00", "10.0.0", "", "*", ":", "2a54-4f0b"})
    CHECK(mac_of(word).empty());
}

TEST_CASE("two groups of a UUID are a part of one, with dashes and without") {
  CHECK(uuid_of("8F1D6C3E-2a54") == "8f1d6c3e2a54");
  CHECK(uuid_of("8f1d6c3e2a54") == "8f1d6c3e2a54");
  CHECK(uuid_of("2a54-4f0b-9b0e") == "2a544f0b9b0e");
  CHECK(uuid_of("9b0e-6f2f6c1a0002") == "9b0e6f2f6c1a0002");
  for (const auto* word : {"8f1d-6c3e2a54", "2a54", "52-54-00", "2a54:4f0b", "2a54-"})
    CHECK(uuid_of(word).empty());
}

TEST_CASE("a pattern of a column is one for the usual form") {
  CHECK(mac_pattern("525400*") == "52:54:00*");
  CHECK(mac_pattern("52-54-0*") == "52:54:0*");
  CHECK(mac_pattern("5254.00AB*") == "52:54:00:ab*");
  CHECK(mac_pattern("*cd-ef") == "*cd:ef");
  CHECK(mac_pattern("*def") == "*d:ef");
  CHECK(mac_pattern("*:ab:*") == "*:ab:*");
  CHECK(mac_pattern("*") == "*");
  CHECK(mac_pattern("no*mac") == "no*mac");
  CHECK(uuid_pattern("8F1D6C3E-2a54*") == "8f1d6c3e2a54*");
}

TEST_CASE("what looks like an address and is none is told its column") {
  CHECK(column_hint("52:54").ends_with(" mac:*52:54*"));
  CHECK(column_hint("2001:db8").ends_with(" tcp:*2001:db8*"));
  for (const auto* word : {"nosuch:x", "labl:web", "52"}) CHECK(column_hint(word).empty());
}
