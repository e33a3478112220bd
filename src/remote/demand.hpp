// What a call says to the process that keeps connections: one packet, one message of the worker protocol.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   call                                   keeper
//   ----                                   ------
//   borrow WAY HOST...                     for each host that is lent a record (host, serial: the number of
//                                          its stream) and the stream's descriptor; then "end", status 0,
//                                          with the descriptor of the transport's words. Status 1: nothing
//   give_back NUMBER... for TIME           these are kept for so long from now on; of what else was lent,
//                                          nothing is. The same where the connection is closed without it
//   list                                   a record for each host that is kept, then "end"
//   end                                    "end"; the connection is closed when nothing is left
//
// On a socket of type SOCK_SEQPACKET in the run-time folder, which both sides believe only if the other one
// is the same user.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::remote {

enum class Wish { borrow, give_back, list, end };

struct Demand {
  Wish wish = Wish::list;
  std::string way = {};                   // of borrow
  std::vector<std::string> hosts = {};    // of borrow, as model::text_of() writes them
  std::vector<std::size_t> numbers = {};  // of give_back
  std::chrono::milliseconds time{0};      // of give_back
  bool operator==(const Demand&) const = default;
};

inline constexpr std::size_t kMaxPacket = 160U << 10;  // bytes
inline constexpr std::size_t kMaxNamed = 4096;         // hosts or numbers of one demand
inline constexpr std::chrono::hours kMaxKeeping{7 * 24};

[[nodiscard]] std::string encode(const Demand& demand);
// nullopt: it is no demand.
[[nodiscard]] std::optional<Demand> demand_of(std::string_view packet);

}  // namespace ctys::remote
