// Finds the addresses and ports at which a guest may answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/readiness_place.hpp"

#include "libvirt/address.hpp"
#include "libvirt/keys.hpp"

#include <algorithm>

namespace ctys::libvirt {
namespace {

constexpr unsigned kSshPort = 22;

std::string ssh_port_inside(const Attributes& attributes) {
  const std::string port = attributes.get("SSHPORT");
  return port.empty() ? std::to_string(kSshPort) : port;
}

// An address of this host: what answers there is a forwarder, or this host itself.
bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

void add(std::vector<Place>& places, Place place) {
  place.forwarded = place.forwarded || is_loopback(place.address);
  if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
}

}  // namespace

std::vector<Place> known_places(const Domain& domain, bool ssh_only) {
  std::vector<Place> places;
  const std::string chosen = domain.attributes.get("SSHPORT");
  for (const Forward& forward : domain.forwards) {
    if (ssh_only && forward.guest_port != kSshPort && std::to_string(forward.port) != chosen) continue;
    const bool any = forward.address.empty() || forward.address == "0.0.0.0";
    add(places, {any ? "127.0.0.1" : forward.address, std::to_string(forward.port), true});
  }
  const std::size_t interfaces = std::max<std::size_t>(domain.interfaces.size(), 1);
  for (std::size_t number = 0; number < interfaces; ++number)
    for (const GuestAddress& address : addresses_of(domain.attributes, number)) {
      const std::string port =
          address.ssh_port.empty() ? ssh_port_inside(domain.attributes) : address.ssh_port;
      add(places, {address.ip, port, false});
    }
  return places;
}

Places places_of(const Connection& connection, virDomainPtr domain, bool ssh_only) {
  constexpr std::chrono::milliseconds kAgentLimit{1000};
  const Domain parsed = parse_domain(xml_of(domain));
  Places places{known_places(parsed, ssh_only), Places::now};
  // Behind user mode networking a guest has an address that nobody here can reach; someone else may have the
  // same.
  const bool may_be_told = std::any_of(parsed.interfaces.begin(), parsed.interfaces.end(),
                                       [](const Interface& at) { return at.type != "user"; });
  if (may_be_told) {
    const FoundAddress found = find_address(parsed, ask_sources(connection, {&parsed, 1}, kAgentLimit));
    if (!found.ip.empty()) add(places.list, {found.ip, ssh_port_inside(parsed.attributes), false});
  }
  if (places.list.empty()) places.possible = may_be_told ? Places::later : Places::never;
  return places;
}

}  // namespace ctys::libvirt
