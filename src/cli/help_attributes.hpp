// The attributes of machines that people set: for help, manual pages and completion.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace ctys::cli {

struct Attribute {
  std::string_view key;
  std::string_view text;  // what it means, no full stop
  bool numbered = false;  // one for each network interface: IP0, IP1, ...
};

[[nodiscard]] std::span<const Attribute> attributes();

}  // namespace ctys::cli
