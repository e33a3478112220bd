// Reads the sources that fill macmap.fdb.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/leases.hpp"
#include "model/filling_request.hpp"
#include "plugin/collect.hpp"

#include <filesystem>
#include <vector>

namespace ctys::action {

// What all sources tell, in their order.
struct Told {
  std::vector<inventory::Lease> leases;
  bool complete = true;  // else what a file that could not be read would have told is not known
  std::vector<std::filesystem::path> doubtful =
      {};  // files that tell of nobody, or with entries nobody can read
};

// A source that cannot be read is an error (2): nothing is written then. `failures` gets the files of a
// folder that cannot be read (1), and the hosts that were asked and did not answer (3). Lines of a source
// that cannot be read are told as a warning.
[[nodiscard]] Result<Told> read_sources(const model::MacmapOptions& options,
                                        std::vector<plugin::Failure>& failures);

}  // namespace ctys::action
