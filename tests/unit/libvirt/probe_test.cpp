// PROBE says what is there, or what is missing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/capability.hpp"
#include "libvirt/front.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

using captured::Asked;
using ctys::Field;
using namespace ctys::libvirt;

namespace {

std::map<Field, std::string> probed(const std::string& uri, const Driver& driver) {
  const Asked asked(uri, {}, {});
  auto told = captured::run(
      asked, [&](const auto& request, auto& call) { ctys::libvirt::probe(driver, request, call); });
  CHECK(told.failures.empty());
  REQUIRE(told.rows.size() == 1);
  return told.rows[0];
}

}  // namespace

TEST_CASE("a capability names type, products and architecture") {
  CHECK(capability("QEMU", "x86_64", {"qemu-7.2.22", "", "libvirt-9.0.0"}) ==
        "QEMU-1.0-x86_64%qemu-7.2.22-x86_64%libvirt-9.0.0-x86_64");
}

TEST_CASE("the test driver is usable everywhere") {
  auto row = probed("test:///default", kTest);
  CHECK(row[Field::state] == "usable");
  CHECK(row[Field::accelerator] == "TEST");
  CHECK(row[Field::capability].starts_with("TEST-1.0-"));
  CHECK(row[Field::capability].find("%libvirt-") != std::string::npos);
}

TEST_CASE("a type that cannot be used says why and what to do") {
  auto row = probed("qemu+unix:///system?socket=/nowhere/sock", kQemu);
  CHECK(row[Field::state] == "unusable");
  CHECK(row[Field::detail].find("/nowhere/sock") != std::string::npos);
  CHECK(row[Field::detail].find("systemctl start libvirtd") != std::string::npos);
  CHECK(row[Field::capability].empty());
}

TEST_CASE("asked for steps, what is in the way is a failure with its remedy") {
  const auto asked = [](const std::string& uri, const Driver& driver) {
    return captured::run(Asked(uri, {}, {{"STEPS", ""}}), [&](const auto& request, auto& call) {
      ctys::libvirt::probe(driver, request, call);
    });
  };
  auto good = asked("test:///default", kTest);
  REQUIRE(good.rows.size() == 1);
  CHECK(good.rows[0][Field::topic] == "libvirt");
  CHECK(good.rows[0][Field::result] == "PASS");
  CHECK(good.failures.empty());
  try {
    (void)asked("qemu+unix:///system?socket=/nowhere/sock", kQemu);
    FAIL("there is nothing to connect to");
  } catch (const ctys::Error& error) {
    CHECK(error.code == ctys::Exit::unreachable);
    CHECK(error.fix.find("systemctl start libvirtd") != std::string::npos);
  }
}

TEST_CASE("a libvirt plugin has every action, before its adapter and behind it") {
  const auto behind =
      ctys::detail::table<Actions<kTest>>({.type = "TEST", .category = {}, .version = "1", .summary = {}});
  const auto front = Front<kTest>::table("machines");
  for (const auto& table : {front, behind})
    for (const auto action : {table.probe, table.list, table.enumerate, table.show, table.create,
                              table.cancel, table.attribute, table.console})
      CHECK(action != nullptr);
  CHECK(front.endpoints != nullptr);
}
