// The process that keeps connections when the call that made them has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "remote/carrier.hpp"

#include <chrono>
#include <string>

namespace ctys::remote {

// Starts it: it holds the transport and the streams of `kept`, and lends them as demand.hpp says, each for
// `time` since its last use. It ends, and the transport with it, when nothing is kept any more, when it is
// told to, or when the file of its socket is gone. A host whose stamps do not hold any more is not lent.
// `via`: what the hosts are reached through, for display. Errors leave nothing running.
[[nodiscard]] Result<void> start_keeper(Kept kept, std::string via, std::chrono::milliseconds time);

}  // namespace ctys::remote
