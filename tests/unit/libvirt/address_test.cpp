// The ladder of address sources, and the processes of machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/address.hpp"

#include "libvirt/process.hpp"

#include <catch2/catch.hpp>

using namespace ctys::libvirt;

namespace {

Domain with_all() {
  Domain domain;
  domain.uuid = "aaaaaaaa-0000-4000-8000-000000000001";
  domain.interfaces.push_back({"network", "52:54:00:aa:00:01", "default", {}, false});
  domain.attributes.set("TCP", "192.0.2.4");
  return domain;
}

}  // namespace

TEST_CASE("the agent answers before lease, neighbour and attribute, and the source is named") {
  const Domain domain = with_all();
  Sources sources;
  sources.agents[domain.uuid] = {{"docker0", "02:00:00:00:00:01", "192.0.2.9"},
                                 {"ens3", "52:54:00:aa:00:01", "192.0.2.1"}};
  sources.leases["52:54:00:aa:00:01"] = "192.0.2.2";
  sources.neighbours["52:54:00:aa:00:01"] = "192.0.2.3";
  const auto agent = find_address(domain, sources);
  CHECK(agent.ip == "192.0.2.1");
  CHECK(agent.source == "agent");
  CHECK(agent.if_name == "ens3");
  sources.agents.clear();
  CHECK(find_address(domain, sources).source == "lease");
  sources.leases.clear();
  CHECK(find_address(domain, sources).ip == "192.0.2.3");
  CHECK(find_address(domain, sources).source == "neighbour");
  sources.neighbours.clear();
  CHECK(find_address(domain, sources).ip == "192.0.2.4");
  CHECK(find_address(domain, sources).source == "attribute");
  CHECK(find_address(Domain{}, sources).source.empty());
}

TEST_CASE("only complete entries of the neighbour table count") {
  const auto found = parse_neighbours(
      "IP address       HW type     Flags       HW address            Mask     Device\n"
      "192.168.122.7    0x1         0x2         52:54:00:AA:00:01     *        virbr0\n"
      "192.168.122.8    0x1         0x0         52:54:00:aa:00:02     *        virbr0\n"
      "garbage\n");
  REQUIRE(found.size() == 1);
  CHECK(found.at("52:54:00:aa:00:01") == "192.168.122.7");
}

TEST_CASE("a machine's process is known by emulator and UUID argument") {
  using std::string_literals::operator""s;
  const std::string uuid = "aaaaaaaa-0000-4000-8000-000000000001";
  CHECK(uuid_argument(
            "/usr/bin/qemu-system-x86_64\0-name\0guest=a\0-uuid\0AAAAAAAA-0000-4000-8000-000000000001\0"s) ==
        uuid);
  CHECK_FALSE(uuid_argument("/usr/bin/less\0-uuid\0aaaaaaaa-0000-4000-8000-000000000001\0"s));
  CHECK_FALSE(uuid_argument("qemu-system-x86_64\0-uuid\0"s));
  CHECK_FALSE(uuid_argument(""));
}
