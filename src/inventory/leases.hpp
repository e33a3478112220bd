// Which machine has which address, as DHCP servers, libvirt, the neighbour table and host files tell it.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Formats: ISC dhcpd.leases(5) and dhcpd.conf(5), dnsmasq's lease file and its dhcp-hostsfile, Kea's lease
// files (lease4 and lease6 CSV, columns by their titles), libvirt's BRIDGE.status (JSON), ethers(5),
// hosts(5), and what `ip neigh`, arp(8) and /proc/net/arp print. All of it is written by others, names even
// by the machines themselves: whatever is no host name, no address or no MAC address is dropped, and
// everything is bounded.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

inline constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
inline constexpr std::size_t kMaxLeaseFile = std::size_t{64} << 20;  // bytes
inline constexpr std::size_t kMaxLeases = 1'000'000;                 // of one source

// At least two of name, mac and ip are there.
struct Lease {
  std::string name;               // letters, digits, '.', '-', '_'; no dot at the end
  std::string mac;                // upper case with colons
  std::string ip;                 // IPv4, or IPv6 in its shortest form
  std::int64_t until = kForever;  // seconds since 1970
  bool operator==(const Lease&) const = default;
};

enum class LeaseFormat : std::uint8_t {
  dhcpd,
  dnsmasq,
  dnsmasq_hosts,
  kea,
  libvirt,
  neighbours,
  ethers,
  hosts
};

struct Leases {
  std::vector<Lease> rows;       // what holds at `now`, in the order of the source
  std::size_t expired = 0;       // leases that have ended, or were given back
  std::size_t broken = 0;        // lines or declarations that could not be read
  std::size_t unnamed = 0;       // names that are no host names: their entries are there without them
  std::size_t first_broken = 0;  // line of the first of them; 0: there is none, or the source has no lines
};

// Of several entries for one address the last one in the file counts. Of several leases of one MAC address,
// of the same IP version, the one that ends last does; what is configured rather than leased stays, however
// much there is of it.
[[nodiscard]] Leases read_leases(LeaseFormat format, std::string_view text, std::int64_t now);

// Upper case with colons. Accepted: colons, dashes, Cisco's dots, or no separator; groups may lack a leading
// 0. nullopt: not six bytes, all zero, or the address of a group of machines.
[[nodiscard]] std::optional<std::string> machine_mac(std::string_view text);
// The usual text of an IPv4 or IPv6 address; nullopt for anything else, 0.0.0.0 and ::, and addresses of
// groups.
[[nodiscard]] std::optional<std::string> machine_ip(std::string_view text);
// A host name without the dot at its end; empty when it is none.
[[nodiscard]] std::string machine_name(std::string_view text);

}  // namespace ctys::inventory
