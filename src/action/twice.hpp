// Whether the requests of one call would act twice on one machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <chrono>
#include <optional>
#include <span>

namespace ctys::action {

// Do several of them act on all machines of a name, or on all there are (-A on, --all)? Two of their targets
// may be names of one host.
[[nodiscard]] bool may_act_twice(std::span<const model::Request> requests);

// Looks for the machines of these requests, and compares them as those of one: see told_twice(). Whatever
// else is wrong with a request is left for it to tell. `begin`: of the call.
[[nodiscard]] std::optional<plugin::Failure> acted_on_twice(std::span<const model::Request> requests,
                                                            std::chrono::steady_clock::time_point begin);

}  // namespace ctys::action
