// What the inventory knows about hosts that do not answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

namespace ctys::action {

// Adds a record for each machine that the inventory knows on a host of which there are failures and no
// records: its state is "unknown", its age says when it was last seen. Does nothing where there is no
// inventory, or where it was not to be asked (-c off).
void add_remembered(plugin::Outcome& outcome, const model::Request& request);

}  // namespace ctys::action
