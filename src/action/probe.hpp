// Which hosts answer? All are asked at the same time, and nobody is waited for longer than the deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ctys::action {

struct Asked {
  std::string host;         // a name or an address
  std::uint16_t port = 22;  // of its SSH server
  bool answers = false;
  bool unheard = false;      // the deadline was over before it had its time to answer
  bool behind = false;       // other hosts are on the way: it cannot be asked from here, and is not
  std::string address = {};  // as a number, once somebody knows it
};

struct Trials {
  unsigned number = 3;
  std::chrono::milliseconds time{1000};  // to wait for the answer to each
  int end = -1;                          // once there is something to read, nobody is asked any more
};

// What lets everybody send them.
inline constexpr std::string_view kAllowPing = R"(sudo sysctl -w net.ipv4.ping_group_range="0 2147483647")";

// An echo request (ping), sent again to who is silent. An error (status 1) where this user may not send any.
[[nodiscard]] Result<void> ask_by_ping(std::span<Asked> hosts, std::chrono::milliseconds deadline,
                                       const Trials& trials = {});
// A connection to the SSH server, which begins with its greeting.
[[nodiscard]] Result<void> ask_by_ssh(std::span<Asked> hosts, std::chrono::milliseconds deadline);

}  // namespace ctys::action
