// Remedies that lead to the hosts that were asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <vector>

namespace ctys::action {

// Failures whose remedies, typed as they stand, are about the same machines: a `ctys list --all web01` said
// of another host gets its --on, and the way there. `each`: each failure is told by itself; otherwise those
// that say the same name all their hosts, so that they still do.
[[nodiscard]] std::vector<plugin::Failure> with_places(std::vector<plugin::Failure> failures,
                                                       const model::Where& where, bool each);

}  // namespace ctys::action
