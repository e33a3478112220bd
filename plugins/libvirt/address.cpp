// The ladder of sources for a guest's address.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/address.hpp"

#include "libvirt/driver.hpp"
#include "libvirt/file.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/text.hpp"

#include <algorithm>

namespace ctys::libvirt {
namespace {

constexpr std::size_t kArpLimit = std::size_t{4} * 1024 * 1024;

// "IP address  HW type  Flags  HW address  Mask  Device", separated by blanks.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (const auto word : split(line, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

const AgentInterface* agent_interface(const Domain& domain, const Sources& sources) {
  const auto found = sources.agents.find(domain.uuid);
  if (found == sources.agents.end() || found->second.empty()) return nullptr;
  for (const Interface& interface : domain.interfaces)
    for (const AgentInterface& reported : found->second)
      if (reported.mac == interface.mac) return &reported;
  return &found->second.front();
}

const std::string* by_mac(const Domain& domain, const AddressByMac& addresses) {
  for (const Interface& interface : domain.interfaces)
    if (const auto found = addresses.find(interface.mac); found != addresses.end()) return &found->second;
  return nullptr;
}

}  // namespace

AddressByMac leases(const Connection& connection, const std::set<std::string>& networks) {
  AddressByMac addresses;
  for (const std::string& name : networks) {
    const NetworkHandle network(virNetworkLookupByName(connection.get(), name.c_str()));
    virNetworkDHCPLeasePtr* raw = nullptr;
    const int count = network ? virNetworkGetDHCPLeases(network.get(), nullptr, &raw, 0) : -1;
    if (count < 0) continue;
    for (const auto lease : std::span(raw, static_cast<std::size_t>(count))) {
      const auto mac = normal_mac(lease->mac == nullptr ? "" : lease->mac);
      if (mac && lease->ipaddr != nullptr) {
        // Several leases of one interface: IPv4 wins, as it does elsewhere.
        if (lease->type == VIR_IP_ADDR_TYPE_IPV4) addresses[*mac] = lease->ipaddr;
        addresses.try_emplace(*mac, lease->ipaddr);
      }
      virNetworkDHCPLeaseFree(lease);
    }
    std::free(static_cast<void*>(raw));  // NOLINT(cppcoreguidelines-no-malloc): libvirt's
  }
  return addresses;
}

AddressByMac parse_neighbours(std::string_view arp) {
  constexpr std::string_view kComplete = "0x2";
  constexpr std::size_t kColumns = 6;
  AddressByMac addresses;
  for (const auto line : split(arp, '\n')) {
    const auto words = words_of(line);
    if (words.size() < kColumns || words[2] != kComplete) continue;
    if (const auto mac = normal_mac(words[3])) addresses.try_emplace(*mac, words[0]);
  }
  return addresses;
}

FoundAddress find_address(const Domain& domain, const Sources& sources) {
  if (const auto* agent = agent_interface(domain, sources)) return {agent->ip, "agent", agent->name};
  if (const auto* lease = by_mac(domain, sources.leases)) return {*lease, "lease", {}};
  if (const auto* neighbour = by_mac(domain, sources.neighbours)) return {*neighbour, "neighbour", {}};
  const auto known = addresses_of(domain.attributes, 0);
  if (!known.empty() && !known.front().ip.empty())
    return {known.front().ip, "attribute", known.front().if_name};
  return {};
}

Sources ask_sources(const Connection& connection, std::span<const Domain> running,
                    std::chrono::milliseconds limit) {
  std::set<std::string> networks;
  std::vector<std::string> with_agent;
  bool on_a_wire = false;  // user mode networking has no neighbours
  for (const Domain& domain : running) {
    if (domain.agent == Agent::connected) with_agent.push_back(domain.uuid);
    for (const Interface& interface : domain.interfaces) {
      if (interface.type == "network" && !interface.source.empty()) networks.insert(interface.source);
      on_a_wire = on_a_wire || interface.type != "user";
    }
  }
  Sources sources;
  sources.leases = leases(connection, networks);
  if (on_a_wire && is_local(connection.uri()))
    sources.neighbours = parse_neighbours(try_read_file("/proc/net/arp", kArpLimit).value_or(""));
  sources.agents = ask_agents(connection, with_agent, limit);
  return sources;
}

}  // namespace ctys::libvirt
