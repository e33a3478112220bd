// Fuzzes the readers of leases, host files and neighbour tables, and what is made of them: rows of
// macmap.fdb.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "inventory/macmap.hpp"
#include "inventory/neighbours.hpp"

#include <span>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  using namespace ctys::inventory;
  if (size == 0) return 0;
  // The first character names the format, so that seeds are readable.
  constexpr std::string_view kFormats = "dmxklnehs";
  const auto text = fuzz::text_of(data + 1, size - 1);
  const auto at = kFormats.find(static_cast<char>(data[0]));
  if (at == std::string_view::npos) {
    std::vector<Neighbour> entries;
    (void)read_neighbour_reply(std::as_bytes(std::span(data, size)), entries);
    return 0;
  }
  constexpr LeaseFormat kOf[] = {LeaseFormat::dhcpd,  LeaseFormat::dnsmasq, LeaseFormat::dnsmasq_hosts,
                                 LeaseFormat::kea,    LeaseFormat::libvirt, LeaseFormat::neighbours,
                                 LeaseFormat::ethers, LeaseFormat::hosts};
  constexpr std::int64_t kNow = 1795262400;
  Macmap macmap;
  if (at < std::size(kOf)) {
    const auto leases = read_leases(kOf[at], text, kNow);
    for (const auto& row : leases.rows) {
      fuzz::must(row.name == machine_name(row.name), "a name is a host name");
      fuzz::must(row.mac.empty() || machine_mac(row.mac) == row.mac, "a MAC address is in its one spelling");
      fuzz::must(row.ip.empty() || machine_ip(row.ip) == row.ip, "an address is in its one spelling");
      fuzz::must(row.until > kNow, "what has ended is left out");
    }
    (void)merge_leases(macmap, leases.rows, MacMode::append);
    const auto again = merge_leases(macmap, leases.rows, MacMode::append);
    (void)again;
  } else {
    macmap = parse_macmap(text);
    fuzz::must(to_text(macmap, text) == text, "a map in which nothing changes stays to the byte");
  }
  const auto written = to_text(macmap);
  fuzz::must(parse_macmap(written).rows == macmap.rows, "a map reads back as itself");
  return 0;
}
