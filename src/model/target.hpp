// A target: the host an action is for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::model {

// [USER@]HOST[:PORT]. HOST is a name of ~/.ssh/config, of DNS, or an address; an IPv6 address with a port
// stands in square brackets.
struct Target {
  std::string host;
  std::string user;   // empty: as the SSH configuration says
  unsigned port = 0;  // 0: as the SSH configuration says
  bool here = false;  // this host itself: localhost
  std::string name;   // how rows and messages call it: HOST[:PORT], with USER@ where that tells two apart
  bool operator==(const Target&) const = default;
};

[[nodiscard]] Result<Target> parse_target(std::string_view text);

// Adds a target unless it is there already, and keeps the names of all different.
void add_target(std::vector<Target>& targets, Target target);

// As it is written for another program: USER@HOST:PORT.
[[nodiscard]] std::string text_of(const Target& target);

}  // namespace ctys::model
