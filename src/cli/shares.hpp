// One call that asks for different things at different targets: its requests, checked together.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.hpp"
#include "cli/draft.hpp"

#include <vector>

namespace ctys::cli {

// What one set of options asks of some of the targets.
struct Share {
  Draft draft;
  bool own_action = false;  // the action stands in the options of these targets
};

// The first capability of them that is not there is the answer, if any. Otherwise every target gets a name of
// its own, what is said of the way holds where there is one, and no two requests act on one machine.
[[nodiscard]] Result<Command> requests_of(std::vector<Share> shares);

}  // namespace ctys::cli
