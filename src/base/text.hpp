// Text helpers: ASCII case, splitting, numbers, escaping of foreign text, nearest word.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::text {

[[nodiscard]] std::string upper(std::string_view s);  // ASCII only
[[nodiscard]] std::string lower(std::string_view s);
[[nodiscard]] bool equal_ci(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view s) noexcept;
// split("a,,b", ',') is {"a", "", "b"}; split("", ',') is {""}.
[[nodiscard]] std::vector<std::string_view> split(std::string_view s, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
// A whole decimal number without sign or blanks; nullopt when anything else is there or it does not fit.
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view s) noexcept;

// 1500 is "1.5 s", 50 is "50 ms".
[[nodiscard]] std::string seconds(std::int64_t milliseconds);

// Text of unknown origin made fit for a terminal or a one-line record: control characters (C0, DEL, C1),
// invalid UTF-8 and the direction overrides of Unicode become \xNN or \u{NNNN}; everything else stays.
[[nodiscard]] std::string printable(std::string_view s);
void append_printable(std::string& out, std::string_view s);
// Would it stay as it is?
[[nodiscard]] bool is_printable(std::string_view s) noexcept;
// Printable ASCII only: most text is, and needs no closer look.
[[nodiscard]] bool is_plain(std::string_view s) noexcept;

// The UTF-8 character a text begins with; length 0 when there is none or it is not valid.
struct Character {
  char32_t code = 0;
  std::size_t length = 0;
};
[[nodiscard]] Character first_character(std::string_view s) noexcept;

// Number of terminal columns of valid UTF-8 text; wide characters count two, combining ones none.
[[nodiscard]] std::size_t columns(std::string_view s) noexcept;
// At most `width` columns of `s` from its beginning, or from its end; never cuts a character.
[[nodiscard]] std::string_view cut_right(std::string_view s, std::size_t width) noexcept;
[[nodiscard]] std::string_view cut_left(std::string_view s, std::size_t width) noexcept;

// The candidate nearest to a mistyped word (ASCII case ignored), or empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "name 'x', did you mean 'y'?": the second half, or empty. Meant for Error::fix.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// An argument as a POSIX shell would need it quoted; for display only, ctys never calls a shell.
[[nodiscard]] std::string shell_quoted(std::string_view argument);

}  // namespace ctys::text
