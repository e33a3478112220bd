// The neighbour table of this host: who answered lately on the networks it is connected to.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/leases.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ctys::inventory {

// What the kernel knows, through rtnetlink(7): entries that were confirmed once and have not failed since.
// Link-local IPv6 addresses are left out. Errors: no netlink (a status of 1).
[[nodiscard]] Result<std::vector<Lease>> live_neighbours();

// The same, after this host has sent one empty UDP datagram (port 9, discard) to each of `hosts`, names or
// addresses, so that the kernel asks for its MAC address. Waits until the kernel knows of each whether it is
// there, at most `limit`. What comes back are these hosts only. `silent` gets those that are no neighbours or
// did not answer.
[[nodiscard]] Result<std::vector<Lease>> ask_neighbours(std::span<const std::string> hosts,
                                                        std::chrono::milliseconds limit,
                                                        std::vector<std::string>& silent);

// One reply of the kernel: what it says of neighbours goes to `entries`. False when it was the last one, or
// no reply.
struct Neighbour {
  std::string ip;
  std::string mac;       // empty as long as it is not known
  bool settled = false;  // the kernel is not asking any more
};
[[nodiscard]] bool read_neighbour_reply(std::span<const std::byte> reply, std::vector<Neighbour>& entries);

}  // namespace ctys::inventory
