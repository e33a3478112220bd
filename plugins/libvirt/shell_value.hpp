// The value of one shell assignment, read as data.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/domain.hpp"

#include <ctys/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// A text that is being parsed, and the error for a place in it.
struct Source {
  std::string_view text;
  [[nodiscard]] Error error(std::size_t offset, std::string why, std::string fix) const;
};

[[nodiscard]] bool is_name_character(char c, bool first) noexcept;

// Reads from `at` (behind the `=`) to the end of the word and moves `at` there. Quotes, backslashes, $X, ${X}
// and ${X:-default} are understood; X must be one of `known`. `budget`: the bytes that references may still
// yield, lessened by those of this word. Throws Error{usage} at anything else.
[[nodiscard]] std::string read_shell_value(const Source& source, std::size_t& at, const Attributes& known,
                                           std::size_t& budget);

}  // namespace ctys::libvirt
