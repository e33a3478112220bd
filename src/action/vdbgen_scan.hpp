// Asks the hypervisors of this host for all their machines, and what of the inventory they would have told
// about. SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/merge.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <string>
#include <vector>

namespace ctys::action {

// What one host answered. Other hosts will answer the same through their own workers.
struct HostScan {
  std::string host;
  std::vector<inventory::Scanned> records;
  inventory::Reach reach;
  std::vector<plugin::Failure> failures;
};
[[nodiscard]] HostScan scan_this_host(const model::Request& request);

// A failure that is about one file: its path. Empty: it is about more than that.
[[nodiscard]] std::string file_of(const Error& error);

}  // namespace ctys::action
