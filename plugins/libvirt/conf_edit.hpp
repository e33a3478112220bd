// Changes one `#@#` key of a machine file and leaves every other byte as it is.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// How many lines set `key`; the first of them counts.
[[nodiscard]] std::size_t lines_of(std::string_view text, std::string_view key);

// The text with `key` set to `value`: its first line is changed in place, else a line is added behind the
// last key line (or at the end). Values are written in double quotes, or in single ones when they hold a
// double one; what stands behind the old value stays. Throws Error{usage} for a value that no line can hold.
[[nodiscard]] std::string with_key(std::string_view text, std::string_view key, std::string_view value);

// The text without the lines of `key`, all of them: otherwise a later one would come to light. nullopt: there
// is none.
[[nodiscard]] std::optional<std::string> without_key(std::string_view text, std::string_view key);

}  // namespace ctys::libvirt
