// Where the user's SSH configuration says that a host is: the address and the port that --on would connect
// to.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "action/probe.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ctys::action {

struct SshPlace {
  std::string host;
  std::uint16_t port = 22;
  bool behind = false;  // reached through other hosts, or through a command
  bool operator==(const SshPlace&) const = default;
};

// What `ssh -G` printed; nullopt: no name and port of a host. Source: ssh(1), lines "hostname X", "port N",
// "proxyjump X" and "proxycommand X".
[[nodiscard]] std::optional<SshPlace> ssh_place_in(std::string_view answer);

// Gives each of these hosts the address, the port and the way of its configuration, as ssh tells it; several
// are asked at the same time, all of them until `time` is over, or there is something to read from `end`. Who
// is not told of by then keeps what it has. An error (2) where a configuration is named that cannot be read.
[[nodiscard]] Result<void> configure_by_ssh(std::span<Asked* const> hosts, std::chrono::milliseconds time,
                                            int end = -1);

}  // namespace ctys::action
