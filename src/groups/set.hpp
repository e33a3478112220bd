// Sets of hosts: what the operators of targets do.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "groups/expand.hpp"

namespace ctys::groups {

// '!' the hosts of `left` whose names are not in `right`; '&' those that are; '^' those, and those of `right`
// whose names are not in `left`. Hosts keep the options of the side they are from.
[[nodiscard]] Hosts combine(char op, Hosts left, Hosts right);

}  // namespace ctys::groups
