// Where a guest can be reached over the network, as far as anybody knows it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/domain.hpp"

#include <string>
#include <vector>

namespace ctys::libvirt {

struct Place {
  std::string address;
  std::string port;        // of its SSH server
  bool forwarded = false;  // a port of this host that user mode networking hands on
  bool operator==(const Place&) const = default;
};

struct Places {
  enum Possible { now, later, never };
  std::vector<Place> list;
  Possible possible = now;  // later: an agent, a lease or a neighbour may still tell one
};

// Forwarded ports first, then the addresses that the user gave, then those that the agent, a DHCP lease or
// the neighbour table tells. `ssh_only`: without forwards to other ports than that of the SSH server.
[[nodiscard]] Places places_of(const Connection& connection, virDomainPtr domain, bool ssh_only);

// The part that needs no hypervisor: what configuration and attributes say.
[[nodiscard]] std::vector<Place> known_places(const Domain& domain, bool ssh_only);

}  // namespace ctys::libvirt
