// Asks the hypervisors of this host for all their machines, and what of the inventory they would have told
// about.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/merge.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::action {

// What one host answered.
struct HostScan {
  std::string host;  // as its records call it
  std::vector<inventory::Scanned> records;
  inventory::Reach reach;
  std::vector<plugin::Failure> failures;
  // Machine files that are there, and of which the scan told nothing although a record names them.
  std::set<std::string> unread;
};
// Would the scan have told of the machine of a record, were it still there? A machine file that is there and
// tells of no machine any more may be damaged: then nobody knows, and it is added to `unread`.
[[nodiscard]] bool would_tell(HostScan& scan, std::span<const inventory::Scanned> told,
                              std::string_view line);
[[nodiscard]] HostScan scan_this_host(const model::Request& request);
// The same of every other target, all at the same time, each through the ctys there. Of a machine file nobody
// here can tell whether it is still there: its record stays.
[[nodiscard]] std::vector<HostScan> scan_other_hosts(const model::Request& request);

// Parts of both: a line for --progress, and what --splitted-keep-files keeps.
void say_progress(const std::string& who, const plugin::Outcome& outcome);
void keep_file(const std::string& host, const std::string& type, const plugin::Outcome& outcome);
void add_records(HostScan& scan, std::vector<model::Record>& records, const model::Request& request);

// Does any of its texts have this word?
[[nodiscard]] bool mentions(const Error& error, const std::string& word);
// A failure that is about one file: its path. Empty: it is about more than that.
[[nodiscard]] std::string file_of(const Error& error);

}  // namespace ctys::action
