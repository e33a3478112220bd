// The one scanner for `#@#` lines of machine files: what is read as a key is also what is edited.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/shell_value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// A line that begins with `#@#`, blanks and ';' before it left aside. Offsets are those of the whole text.
struct KeyLine {
  std::size_t begin = 0;        // of the line
  std::size_t end = 0;          // behind its line end
  std::string name;             // upper case; empty: neither a key nor a marker
  bool is_marker = false;       // MAGICID-...
  std::size_t value_begin = 0;  // of the value with its quotes, if any; of keys only
  std::size_t value_end = 0;
  std::string value;  // without quotes

  [[nodiscard]] bool is_key() const noexcept { return !name.empty() && !is_marker; }
};

// All such lines, in their order. Throws Error{usage} with line and column.
[[nodiscard]] std::vector<KeyLine> key_lines(const Source& source);

// Throws Error{usage} for control characters in a value that stands at `offset`.
void require_plain_text(const Source& source, std::string_view value, std::size_t offset);

}  // namespace ctys::libvirt
