// Small pure text functions of the libvirt plugins: plugins do not see the program's own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

[[nodiscard]] std::string lower(std::string_view text);  // ASCII
[[nodiscard]] std::string upper(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// A whole decimal number, nothing else.
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text) noexcept;

// A UUID in lower case with dashes, from 32 hexadecimal digits with or without dashes; nullopt: it is none.
[[nodiscard]] std::optional<std::string> normal_uuid(std::string_view text);
// A MAC address in lower case with colons ('-' is taken too); nullopt: it is none.
[[nodiscard]] std::optional<std::string> normal_mac(std::string_view text);

// Where the first byte stands that is no UTF-8; nullopt: all of it is.
[[nodiscard]] std::optional<std::size_t> first_non_utf8(std::string_view text) noexcept;

// Line and column (both from 1, columns count bytes) of an offset in a text.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};
[[nodiscard]] Position position_of(std::string_view text, std::size_t offset) noexcept;
// "line 3, column 7"
[[nodiscard]] std::string to_text(Position position);

}  // namespace ctys::libvirt
