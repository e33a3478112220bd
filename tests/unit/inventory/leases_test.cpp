// What DHCP servers, libvirt, host files and neighbour tables say, from files as they are found.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/leases.hpp"

#include "inventory/neighbours.hpp"
#include "unit/inventory/fixture.hpp"

#include <sys/socket.h>

#include <array>
#include <cstring>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <span>

using namespace ctys::inventory;
using ctys::inventory::testing::read;

namespace {

constexpr std::int64_t kNow = 1795262400;  // 2026-11-21T12:00:00Z

std::string written(const Leases& leases) {
  std::string text;
  for (const auto& row : leases.rows)
    text += row.name + ";" + row.mac + ";" + row.ip + " " +
            (row.until == kForever ? "forever" : std::to_string(row.until)) + "\n";
  return text + "expired " + std::to_string(leases.expired) + ", broken " + std::to_string(leases.broken) +
         ", first " + std::to_string(leases.first_broken) + "\n";
}

struct Sample {
  const char* file;
  LeaseFormat format;
};

}  // namespace

TEST_CASE("leases are read from files as their programs write them") {
  const auto [file, format] = GENERATE(
      Sample{"dhcpd.leases", LeaseFormat::dhcpd}, Sample{"dhcpd.conf", LeaseFormat::dhcpd},
      Sample{"dnsmasq.leases", LeaseFormat::dnsmasq}, Sample{"default.hostsfile", LeaseFormat::dnsmasq_hosts},
      Sample{"kea-leases4.csv", LeaseFormat::kea}, Sample{"kea-leases6.csv", LeaseFormat::kea},
      Sample{"virbr0.status", LeaseFormat::libvirt}, Sample{"ethers", LeaseFormat::ethers},
      Sample{"hosts", LeaseFormat::hosts}, Sample{"ip_neigh", LeaseFormat::neighbours},
      Sample{"arp_a", LeaseFormat::neighbours}, Sample{"proc_net_arp", LeaseFormat::neighbours});
  CAPTURE(file);
  const std::filesystem::path data = std::filesystem::path(TEST_DATA) / "unit/inventory/leases";
  const auto text = read(data / file);
  REQUIRE(!text.empty());
  CHECK(written(read_leases(format, text, kNow)) == read(data / (std::string(file) + ".expected")));
}

TEST_CASE("line ends of other systems and a missing last one do not matter") {
  const auto leases =
      read_leases(LeaseFormat::dnsmasq,
                  "0 52:54:00:00:00:03 192.0.2.3 web *\r\n0 52:54:00:00:00:04 192.0.2.4 db *", kNow);
  CHECK(leases.rows.size() == 2);
  CHECK(leases.broken == 0);
}

TEST_CASE("a lease ends at its second") {
  const std::string line = std::to_string(kNow) + " 52:54:00:00:00:03 192.0.2.3 web *\n";
  CHECK(read_leases(LeaseFormat::dnsmasq, line, kNow).rows.empty());
  CHECK(read_leases(LeaseFormat::dnsmasq, line, kNow - 1).rows.size() == 1);
}

TEST_CASE("MAC addresses of machines are read in every usual spelling") {
  for (const auto* text :
       {"52:54:00:0a:00:01", "52-54-00-0A-00-01", "5254.000a.0001", "5254000a0001", "52:54:0:a:0:1"}) {
    CAPTURE(text);
    CHECK(machine_mac(text) == "52:54:00:0A:00:01");
  }
  for (const auto* text :
       {"", "52:54:00:0a:00", "52:54:00:0a:00:01:02", "00:00:00:00:00:00", "01:00:5e:00:00:01",
        "52:54:00:0a:00:0g", "52:54:00:0a:00:", "525400.0a0001", "52:54:00:0a:00:001"}) {
    CAPTURE(text);
    CHECK(!machine_mac(text));
  }
}

TEST_CASE("names and addresses that are none are dropped") {
  CHECK(machine_name("web01.lab.") == "web01.lab");
  for (const auto* text : {"", ".", "a b", "a;b", "-x", "a\nb", "\xff"}) CHECK(machine_name(text).empty());
  CHECK(machine_name(std::string(254, 'a')).empty());
  CHECK(machine_ip("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
  for (const auto* text :
       {"0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "1.2.3", "1.2.3.4.5", "01.2.3.4x"})
    CHECK(!machine_ip(text));
}

TEST_CASE("a thousand nested blocks, a string without end and a name without end are only text") {
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "group { ";
  nested += "host deep { hardware ethernet 52:54:00:00:00:01; fixed-address 192.0.2.1; }";
  CHECK(read_leases(LeaseFormat::dhcpd, nested, kNow).broken == 1);
  CHECK(read_leases(LeaseFormat::dhcpd, "root:x:0:0:root:/root:/bin/bash\n", kNow).broken == 1);
  CHECK(read_leases(LeaseFormat::dhcpd, "# nobody is here\nauthoring-byte-order little-endian;\n", kNow)
            .broken == 0);
  CHECK(read_leases(LeaseFormat::dhcpd, "lease 192.0.2.1 { client-hostname \"x", kNow).rows.empty());
  CHECK(read_leases(LeaseFormat::dhcpd,
                    "host " + std::string(100000, 'a') + " { hardware ethernet 52:54:00:00:00:01; }", kNow)
            .rows.empty());
  CHECK(read_leases(LeaseFormat::libvirt, std::string(100000, '['), kNow).broken == 1);
}

TEST_CASE("the kernel's answer about neighbours is read, however it is cut") {
  struct {
    nlmsghdr head;
    ndmsg body;
    rtattr to;
    std::array<unsigned char, 4> ip;
    rtattr mac_head;
    std::array<unsigned char, 8> mac;
  } reply{};
  reply.head = {sizeof reply, RTM_NEWNEIGH, 0, 0, 0};
  reply.body.ndm_family = AF_INET;
  reply.body.ndm_state = NUD_STALE;
  reply.to = {8, NDA_DST};
  reply.ip = {192, 0, 2, 7};
  reply.mac_head = {10, NDA_LLADDR};
  reply.mac = {0x52, 0x54, 0, 0, 0, 7, 0, 0};
  const auto bytes = std::as_bytes(std::span(&reply, 1));
  std::vector<Neighbour> entries;
  REQUIRE(read_neighbour_reply(bytes, entries));
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].ip == "192.0.2.7");
  CHECK(entries[0].mac == "52:54:00:00:00:07");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    std::vector<Neighbour> none;
    CHECK(!read_neighbour_reply(bytes.first(length), none));
    CHECK(none.empty());
  }
  reply.body.ndm_state = NUD_FAILED;
  entries.clear();
  REQUIRE(read_neighbour_reply(bytes, entries));
  CHECK(entries[0].mac.empty());
  CHECK(entries[0].settled);
}

TEST_CASE("names that are no host names are counted, and their entries stay") {
  const auto count = [](LeaseFormat format, std::string_view text) {
    const auto leases = read_leases(format, text, kNow);
    return std::array{leases.rows.size(), leases.unnamed, leases.broken};
  };
  using Counts = std::array<std::size_t, 3>;
  CHECK(count(LeaseFormat::dnsmasq,
              "0 52:54:00:00:00:01 192.0.2.1 e;vil *\n0 52:54:00:00:00:02 192.0.2.2 * *\n"
              "0 52:54:00:00:00:03 192.0.2.3 -x *\n") == Counts{3, 2, 0});
  // Of a journal only what holds counts.
  CHECK(count(LeaseFormat::dnsmasq,
              "0 52:54:00:00:00:01 192.0.2.1 e;vil *\n0 52:54:00:00:00:01 192.0.2.1 good *\n") ==
        Counts{1, 0, 0});
  CHECK(count(LeaseFormat::kea,
              "address,hwaddr,valid_lifetime,expire,hostname\n"
              "192.0.2.1,52:54:00:00:00:01,3600,9999999999,e;vil\n") == Counts{1, 1, 0});
  CHECK(count(LeaseFormat::libvirt,
              R"([{"ip-address":"192.0.2.1","mac-address":"52:54:00:00:00:01","hostname":"a;b"}])") ==
        Counts{1, 1, 0});
  CHECK(count(LeaseFormat::dhcpd,
              "lease 192.0.2.1 { ends never; hardware ethernet 52:54:00:00:00:01; "
              "client-hostname \"a;b\"; }") == Counts{1, 1, 0});
  CHECK(count(LeaseFormat::hosts, "192.0.2.1 web01 we;b\n192.0.2.2 a;b\n") == Counts{1, 2, 1});
  CHECK(count(LeaseFormat::ethers, "52:54:00:00:00:01 a;b\n52:54:00:00:00:02 web\n") == Counts{1, 1, 1});
  CHECK(count(LeaseFormat::neighbours, "? (192.0.2.1) at 52:54:00:00:00:01 [ether] on eth0\n") ==
        Counts{1, 0, 0});
}

TEST_CASE("a line that says nothing is counted, and one of another network is none") {
  const auto broken = [](LeaseFormat format, std::string_view text) {
    return read_leases(format, text, kNow).broken;
  };
  CHECK(broken(LeaseFormat::dnsmasq, "0 52:54:00:00:00:xx 192.0.2.1 web01 *\n") == 1);
  CHECK(broken(LeaseFormat::dnsmasq, "0 20-00:01:02:03:04:05:06:07:08:09 192.0.2.1 web01 *\n") == 0);
  CHECK(broken(LeaseFormat::kea,
               "address,hwaddr,valid_lifetime,expire,hostname\n192.0.2.1,xx,3600,9999999999,web\n") == 1);
  CHECK(broken(LeaseFormat::kea,
               "address,hwaddr,valid_lifetime,expire,hostname\n192.0.2.1,,3600,9999999999,web\n") == 0);
  CHECK(broken(LeaseFormat::neighbours,
               "192.0.2.1 dev eth0 lladdr 52:54:00:00:00:01 REACHABLE\ngarbage line\n") == 1);
  CHECK(broken(LeaseFormat::neighbours,
               "224.0.0.251 dev eth0 lladdr 01:00:5e:00:00:fb PERMANENT\n"
               "Address HWtype HWaddress Flags Mask Iface\n192.0.2.3 dev eth0 FAILED\n") == 0);
}
