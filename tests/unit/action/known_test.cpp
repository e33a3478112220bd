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
  action::forget_machine(web, std::vector{other});
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

namespace {

// A record that somebody wrote by hand, and a machine as a hypervisor shows one of its interfaces.
Known by_hand(const std::string& label, const std::string& mac, const std::string& path) {
  Known all;
  all.machine = machine("QEMU", label, "").set(Field::mac, mac).set(Field::id, path);
  if (!mac.empty()) all.macs.push_back(mac);
  all.address = {{{"TCP", "192.0.2.1"}}, "192.0.2.1"};
  all.file = "/db/enum.fdb";
  return all;
}
Record interface(const std::string& label, const std::string& uuid, const std::string& mac,
                 const std::string& path) {
  return machine("QEMU", label, uuid)
      .set(Field::mac, mac)
      .set(Field::id, path)
      .set(Field::context, "test:///vm/all.xml");
}

const std::string kMac1 = "52:54:00:00:00:01";
const std::string kMac2 = "52:54:00:00:00:02";

}  // namespace

TEST_CASE("a record without a UUID means the machine for which its other fields speak") {
  const std::vector<Record> seen{interface("web01", kA, kMac1, "/vm/web01.xml"),
                                 interface("db01", kB, "", "/vm/db01.xml"),
                                 interface("web01", kA, kMac2, "/vm/web01.xml")};
  const auto uuid_for = [&](const Known& one) {
    const auto found = confirmed(one, seen);
    return found.size() == 1 ? found[0].get(Field::uuid) : std::to_string(found.size());
  };
  CHECK(uuid_for(by_hand("web01", "", "")) == kA);
  CHECK(uuid_for(by_hand("web01", kMac2, "")) == kA);  // the address of any interface
  CHECK(uuid_for(by_hand("", kMac2, "")) == kA);
  CHECK(uuid_for(by_hand("", "5254.0000.0002", "")) == kA);
  CHECK(uuid_for(by_hand("web01", kMac1, "/old/web01.xml")) == kA);   // it was moved
  CHECK(uuid_for(by_hand("oldname", kMac1, "/vm/web01.xml")) == kA);  // it was renamed
  CHECK(uuid_for(by_hand("db01", kMac1, "")) == "0");
  CHECK(uuid_for(by_hand("db01", "52:54:00:00:00:03", "")) == kB);  // there is no interface that could differ
  CHECK(uuid_for(by_hand("web01", "", "/old/web01.xml")) == "0");
  CHECK(uuid_for(by_hand("", "", "/vm/all.xml")) == "0");  // the connection's, whosever else
  CHECK(uuid_for(by_hand("", "", "")) == "0");
}

TEST_CASE("a label with another MAC address, or the other way round, is another machine") {
  const std::vector<Record> seen{interface("web01", kA, kMac1, ""), interface("web01", kA, kMac2, "")};
  for (auto& one : {by_hand("web01", "52:54:00:00:00:03", ""), by_hand("db01", kMac2, "")}) {
    auto wrong = one;
    CHECK(confirmed(wrong, seen).empty());
    action::forget_machine(wrong, seen);
    const auto error = action::mistaken(wrong, wrong.address, seen[0]);
    REQUIRE(error);
    CHECK(error->code == Exit::refused);
    CHECK(error->fix.find("uuid:" + kA) != std::string::npos);
    Error missing{Exit::nothing, "there is no machine", {}, {}};
    action::explain_missing(wrong, missing);
    CHECK(missing.code == Exit::refused);
  }
  auto moved = by_hand("web01", "", "/old/web01.xml");
  moved.address = {{{"LABEL", "web01"}}, "web01"};
  const std::vector<Record> others{interface("web01", kB, kMac1, "/new/web01.xml"),
                                   interface("web01", kA, kMac2, "/old/web01.xml")};
  CHECK(confirmed(moved, others).size() == 2);  // the path tells which, the label is ambiguous
  action::forget_machine(moved, std::span(others).first(1));
  REQUIRE(moved.contradicted);
  CHECK(moved.contradicted->why.find("/new/web01.xml") != std::string::npos);
  CHECK(moved.contradicted->why.find("/old/web01.xml") != std::string::npos);
  auto elsewhere = by_hand("mail", "52:54:00:00:00:03", "");
  action::forget_machine(elsewhere, seen);
  CHECK_FALSE(elsewhere.contradicted);
}
