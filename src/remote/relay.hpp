// A gateway's part of a call that is for others: it asks the hosts behind it and sends on what they say.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/collect.hpp"
#include "wire/message.hpp"

namespace ctys::remote {

// Asks the hosts of call.relay, with the keys and the known hosts of the user who runs this, and writes each
// answer to `out` when it is complete, as wire/message.hpp describes it, but for the end. All of it ends when
// `caller` does. Returns the gravest status among the failures.
[[nodiscard]] Exit relay(const wire::Call& call, const plugin::Options& how, int caller, int out);

}  // namespace ctys::remote
