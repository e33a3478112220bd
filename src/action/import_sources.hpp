// Where hosts are known: the command line, groups, the inventory, the SSH configuration, libvirt's aliases.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ctys::action {

// A host and everything that names it.
struct KnownHost {
  model::Target target;
  std::vector<std::string> sources;  // "group prod", "~/.ssh/config:12"
};

// What stood where a host is expected, and may not be one.
struct LeftOut {
  std::string text;
  std::string source;
  std::string why;
};

struct KnownHosts {
  std::vector<KnownHost> hosts;  // each once, in the order of the sources
  std::vector<LeftOut> left_out;
};

// A source that is not there adds nothing; one that cannot be read is a warning. This host is none of them.
// `configuration`: of SSH, instead of ~/.ssh/config.
[[nodiscard]] KnownHosts find_known_hosts(const std::vector<model::Target>& named,
                                          const std::optional<std::string>& configuration);

}  // namespace ctys::action
