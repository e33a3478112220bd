// Connections that calls leave for those after them: borrowing them, seeing them, ending them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/collect.hpp"
#include "remote/carrier.hpp"
#include "remote/way.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace ctys::remote {

// Everything but the hosts that must be the same for a connection to serve another call: this build of ctys,
// its transport, the SSH configuration that is named, the way, and whether ctys may be copied.
[[nodiscard]] std::string kept_as(const Way& way);

// What is kept of these hosts and free, each with the transport that carries it. Whoever does not give it
// back, ends it. Who keeps them has `time` to answer, at most a moment.
[[nodiscard]] std::vector<Kept> borrow(std::span<const model::Target* const> targets, const std::string& way,
                                       std::chrono::milliseconds time);

// The streams with these numbers wait again, for so long.
void give_back(Carrier carrier, std::vector<std::size_t> numbers, std::chrono::milliseconds time);

// A record for each host that is kept: host, gateway (what it is reached through), state (waiting, used),
// value (seconds until it ends), pid (of the process that keeps it). `end`: and ends all of it; the state is
// "ended" then, but "used" where it ends with the call that uses it. Who does not answer is a failure.
[[nodiscard]] Result<plugin::Outcome> list_kept(bool end);

}  // namespace ctys::remote
