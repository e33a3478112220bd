// Which hosts answer? All are asked at the same time, and nobody is waited for longer than the deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

namespace ctys::action {

struct Asked {
  std::string host;         // a name or an address
  std::uint16_t port = 22;  // of its SSH server
  bool answers = false;
};

// An echo request (ping), sent up to three times. An error (status 1) where this user may not send any.
[[nodiscard]] Result<void> ask_by_ping(std::span<Asked> hosts, std::chrono::milliseconds deadline);
// A connection to the SSH server, which begins with its greeting.
[[nodiscard]] Result<void> ask_by_ssh(std::span<Asked> hosts, std::chrono::milliseconds deadline);

}  // namespace ctys::action
