// Reads the sources that fill macmap.fdb.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/leases.hpp"
#include "model/filling_request.hpp"
#include "plugin/collect.hpp"

#include <vector>

namespace ctys::action {

// What all sources tell, in their order. A source that cannot be read is an error (2): nothing is written
// then. `failures` gets the hosts that were asked and did not answer. Lines of a source that cannot be read
// are told as a warning.
[[nodiscard]] Result<std::vector<inventory::Lease>> read_sources(const model::MacmapOptions& options,
                                                                 std::vector<plugin::Failure>& failures);

}  // namespace ctys::action
