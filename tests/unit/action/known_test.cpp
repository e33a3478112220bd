// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/known.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using action::confirmed;
using action::Known;
using model::Record;

namespace {

const std::string kA = "11111111-2222-3333-4444-00000000000a";
const std::string kB = "11111111-2222-3333-4444-00000000000b";

Record machine(const std::string& type, const std::string& label, const std::string& uuid) {
  Record record;
  record.set(Field::host, "lab01").set(Field::type, type).set(Field::label, label).set(Field::uuid, uuid);
  return record;
}

Known known(std::vector<model::Pair> keys) {
  Known all;
  all.machine = machine("QEMU", "web01", kA);
  all.address = {std::move(keys), "as written"};
  return all;
}

}  // namespace

TEST_CASE("the inventory's word about an address that nobody else has is believed") {
  const std::vector<Record> seen{machine("QEMU", "web01", kA), machine("QEMU", "db01", kB)};
  const auto found = confirmed(known({{"TCP", "192.0.2.1"}}), seen);
  REQUIRE(found.size() == 1);
  CHECK(found[0].get(Field::uuid) == kA);
}

TEST_CASE("what the hypervisor says now wins over what was recorded") {
  CHECK(confirmed(known({{"LABEL", "web01"}}), std::vector{machine("QEMU", "renamed", kA)}).empty());
  CHECK(confirmed(known({{"LABEL", "web01"}}), std::vector{machine("TEST", "web01", kA)}).empty());
  CHECK(confirmed(known({{"TCP", "192.0.2.1"}}), std::vector{machine("QEMU", "web01", kB)}).empty());
}

TEST_CASE("a machine that has the name of a recorded one and another UUID is not taken for it") {
  auto web = known({{"LABEL", "web01"}});
  const auto address = web.address;
  web.file = "/db/enum.fdb";
  const auto other = machine("QEMU", "web01", kB);
  CHECK_FALSE(action::mistaken(web, address, other));  // the inventory is still believed
  action::forget_machine(web);
  CHECK_FALSE(web.machine);
  const auto error = action::mistaken(web, address, other);
  REQUIRE(error);
  CHECK(error->code == Exit::refused);
  CHECK(error->why.find(kA) != std::string::npos);
  CHECK(error->why.find(kB) != std::string::npos);
  CHECK(error->why.find("/db/enum.fdb") != std::string::npos);
  CHECK(error->fix.find("uuid:" + kB) != std::string::npos);
  // The same identity otherwise spelled, and machines without one, are no contradiction.
  CHECK_FALSE(action::mistaken(web, address, machine("QEMU", "web02", "1111111122223333444400000000000A")));
  CHECK_FALSE(action::mistaken(web, address, machine("QEMU", "web01", "")));
}

TEST_CASE("a namesake that came since the recording makes the name ambiguous") {
  const std::vector<Record> seen{machine("QEMU", "web01", kA), machine("QEMU", "web01", kB)};
  CHECK(confirmed(known({{"LABEL", "web01"}}), seen).size() == 2);
  CHECK(confirmed(known({{"UUID", kA}}), seen).size() == 1);
}
