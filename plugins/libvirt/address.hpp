// Which address a guest has: agent, else DHCP lease, else neighbour table, else the attribute of ctys.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/domain.hpp"

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

struct FoundAddress {
  std::string ip;
  std::string source;   // agent, lease, neighbour, attribute; empty: none was found
  std::string if_name;  // in the guest; only an agent knows
};

// One interface as the guest's agent reports it.
struct AgentInterface {
  std::string name;
  std::string mac;
  std::string ip;
};

using AddressByMac = std::map<std::string, std::string>;                  // MAC to IP
using AgentAnswers = std::map<std::string, std::vector<AgentInterface>>;  // by UUID

// Leases of the given networks; one that cannot be asked has none.
[[nodiscard]] AddressByMac leases(const Connection& connection, const std::set<std::string>& networks);

// /proc/net/arp: complete entries only.
[[nodiscard]] AddressByMac parse_neighbours(std::string_view arp);

// Asks the agents of some running machines, several at a time, until all answered or `limit` is over: an
// agent is a program of the guest, it may hang for ever, and must not hide its machine or the others.
[[nodiscard]] AgentAnswers ask_agents(const Connection& connection, std::span<const std::string> uuids,
                                      std::chrono::milliseconds limit);

// What the sources know of one domain's first interface that has an address.
struct Sources {
  AgentAnswers agents;
  AddressByMac leases;
  AddressByMac neighbours;
};
[[nodiscard]] FoundAddress find_address(const Domain& domain, const Sources& sources);

// All sources for some running domains, each asked once.
[[nodiscard]] Sources ask_sources(const Connection& connection, std::span<const Domain> running,
                                  std::chrono::milliseconds limit);

}  // namespace ctys::libvirt
