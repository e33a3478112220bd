// Does several requests of one call, whose targets have options of their own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/request.hpp"

#include <span>

namespace ctys::action {

// Each in a process of its own, so that nothing of one reaches another: requests that only read at the same
// time, others in their order. What they bring stands in one output where it can. Returns the gravest status.
[[nodiscard]] Exit run_each(std::span<const model::Request> requests);

}  // namespace ctys::action
