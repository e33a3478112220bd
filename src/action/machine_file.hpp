// Machine files that an address names by their path.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <optional>

namespace ctys::action {

// Is this key of an address the path of a file?
[[nodiscard]] bool names_path(const model::Pair& pair);

// The machine of a file of this host that the address names by its path; nothing where it names none, or the
// file is not there. What else the address says must hold for what stands in the file: refused (5) otherwise,
// and what is wrong with the file is that error.
[[nodiscard]] Result<std::optional<model::Record>> named_file(const model::Request& request,
                                                              const model::Address& address);

// What stands in the file of a record, by its plugin: a record for each interface, and what is wrong with it.
[[nodiscard]] plugin::Outcome read_machine_file(const model::Request& request, const model::Record& machine);

}  // namespace ctys::action
