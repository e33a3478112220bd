// One host after the other: -b seq.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/collect.hpp"
#include "remote/links.hpp"

#include <vector>

namespace ctys::action {

// As remote::ask_each(), but a job begins when the one in front of it has ended; each has the time of its own
// deadline. Who was not asked when a signal ended it is a failure that says so.
[[nodiscard]] std::vector<plugin::Outcome> ask_in_turn(std::vector<remote::Job> jobs, remote::Way way,
                                                       const plugin::Options& how);

}  // namespace ctys::action
