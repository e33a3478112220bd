// What the answers of `ssh -G` rest on: the files that make them, so that an answer may be used again while
// none of these has changed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ssh {

// Where ssh looks: as on the command line and in the password database.
struct Sources {
  std::string config;  // -F: read instead of the user's and the system's configuration; empty: those
  std::string home;    // of the user
  std::string system = "/etc/ssh/ssh_config";
};

// What tells hosts apart in a configuration.
struct HostLines {
  std::vector<std::vector<std::string>> patterns;  // of each `Host` line
  std::vector<std::string> names;                  // that `HostName` gives, in lower case
  bool operator==(const HostLines&) const = default;
};

struct Basis {
  std::vector<std::string> files;                // the configuration files, sorted, each once
  std::vector<std::string> stamps;               // see stamp_of()
  std::int64_t changed = 0;                      // when the last of them did, seconds since 1970
  std::optional<HostLines> hosts = HostLines();  // unset: something else may tell hosts apart
  bool operator==(const Basis&) const = default;
};

// The state of a path: "DEVICE:INODE:MODE:OWNER:SIZE:MODIFIED:CHANGED PATH", or "- PATH" where nothing is. A
// file whose content was changed has another stamp, unless that was within one tick of the clock.
[[nodiscard]] std::string stamp_of(const std::string& path);

// Reads the configuration's `Include` as ssh does. nullopt where answers depend on more than on files that
// can be watched (Match exec, canonical names, variables, an ssh that is a script), or where that is in
// doubt.
[[nodiscard]] std::optional<Basis> find_basis(const Sources& sources);

// Which `Host` lines hold for a host, as ssh decides it: a digit for each.
[[nodiscard]] std::string lines_for(std::string_view host, const HostLines& hosts);

// Does every stamp still hold?
[[nodiscard]] bool holds(const std::vector<std::string>& stamps);

// The files that an answer of `ssh -G -v` says it was made from, sorted, each once.
[[nodiscard]] std::vector<std::string> files_read(std::string_view answer);

}  // namespace ctys::ssh
