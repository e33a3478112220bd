// What a start needs of its machine: looked for before anything is done, and by plans.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/create_wish.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/wait.hpp"

#include <string_view>

namespace ctys::libvirt {

// Of one that is off: nothing is started that could not be waited for or shown then, or whose files are not
// there. `uri`: of the connection, whose host the files are on. Throws Error: refused, usage for files.
void expect_startable(const CreateWish& wish, const Domain& domain, std::string_view uri);

// Of one that is up, which would be found out one after the other: its agent's channel and its console.
// Throws Error{failed}.
void expect_takeable(const CreateWish& wish, const Domain& domain, const State& now);

}  // namespace ctys::libvirt
