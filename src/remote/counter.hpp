// Where the processes that keep connections are found: a socket for each, in the run-time folder.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "base/result.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::remote {

// The sockets of those that run, in order of their names: of those that keep connections made in this way,
// or, where it is empty, of all. What processes left behind that are gone is removed. An error when the
// folder is not this user's alone.
[[nodiscard]] Result<std::vector<std::filesystem::path>> counters(std::string_view way);

// Listens for this user's calls, in a file named after the way and this process; it has mode 0600.
struct Counter {
  Fd listens;
  std::filesystem::path path;
};
[[nodiscard]] Result<Counter> open_counter(std::string_view way);

// All that is kept has been told to end: what calls that run now still open is not kept either.
[[nodiscard]] Result<void> mark_end();
// Has that been said since this program began?
[[nodiscard]] bool has_been_ended();

inline constexpr std::chrono::milliseconds kAnswerTime{2'000};

// Waits no longer than `time`, here and whenever something is sent or received; empty: nobody is there, or
// not this user.
[[nodiscard]] Fd connect_to(const std::filesystem::path& counter,
                            std::chrono::milliseconds time = kAnswerTime);
// The next one who has connected, and a moment for each packet; empty as above.
[[nodiscard]] Fd accept_from(const Fd& listens);

// One packet, with a descriptor if there is one. False: it cannot be sent.
[[nodiscard]] bool send_packet(const Fd& to, std::string_view packet, int descriptor = -1);
// Empty: nothing came, or nobody is there. A packet that was too long, or had several descriptors, is empty,
// too.
struct Packet {
  std::string text;
  Fd descriptor;
};
[[nodiscard]] Packet receive_packet(const Fd& from);

}  // namespace ctys::remote
