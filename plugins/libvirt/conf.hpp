// Parses machine files of ctys: `#@#` keys, and the shell assignments of QEMU's start scripts as plain data.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   #@#MAGICID-QEMU                      a marker
//   #@#LABEL = "web01"                   a key; quotes and blanks are optional
//   MAC0=52:54:00:00:00:01               a variable
//   HDA="${BASE:-/vmpool}/web01/hda.img" resolved from earlier variables of the file
//
// Nothing is ever run. The shell's other means (commands, substitutions, conditions) are errors with their
// place.
#pragma once

#include "libvirt/domain.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

struct Conf {
  std::vector<std::string> markers;  // MAGICID-QEMU, MAGICID-NOENUM, ...
  Attributes keys;                   // the first occurrence of a key wins
  Attributes variables;              // resolved; the last assignment wins, as in the shell

  [[nodiscard]] bool has_marker(std::string_view marker) const noexcept;
};

inline constexpr std::size_t kConfLimit = 1U << 20;  // bytes of a file

// Keys and markers alone: for files whose other content is not ctys' business (.vmx, .conf).
// Throws Error{usage} with line and column, as parse_conf() does.
[[nodiscard]] Conf parse_keys(std::string_view text);

// Keys, markers and variables.
[[nodiscard]] Conf parse_conf(std::string_view text);

// Whose machine a `.ctys` file describes: above 4 it is QEMU's. Markers of other types and MAGICID-IGNORE
// make it 0.
[[nodiscard]] int qemu_score(const Conf& conf) noexcept;

}  // namespace ctys::libvirt
