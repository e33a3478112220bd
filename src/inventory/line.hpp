// One record line of enum.fdb, read in place: its fields, and whether it is a record at all.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A record is one line of 47 fields, separated by ';'. Files of older releases have 43: what they lack is
// empty. There is no quoting: a line whose first field is in double quotes, as some spreadsheets write it, is
// no record. Numbers of fields count from 1, as in the titles of the columns and in queries
// (`F:3:web`).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ctys::inventory {

inline constexpr std::size_t kFields = 47;
inline constexpr std::size_t kFieldsBefore = 43;  // of the files of older releases
inline constexpr std::size_t kMaxLine = 65536;    // bytes, without the line's end
inline constexpr std::size_t kMac = 6;            // numbers of fields
inline constexpr std::size_t kTcp = 7;
inline constexpr char kSeparator = ';';

// Why a line is no record. `blank` and `comment` (its first character that is no blank is '#') are no faults.
enum class Defect : std::uint8_t { none, blank, comment, fields, nul, utf8, quoted, too_long };
// What a line begins with that is no record at the first sight, or may be none.
[[nodiscard]] constexpr bool begins_oddly(std::string_view line) noexcept {
  return line.empty() || line.front() == ' ' || line.front() == '#' || line.front() == '"';
}
[[nodiscard]] constexpr bool is_fault(Defect defect) noexcept {
  return defect > Defect::comment;
}
// "wrong number of fields": for warnings.
[[nodiscard]] std::string_view describe(Defect defect) noexcept;

// `line` has no newline and, in files with CRLF, no carriage return: see without_return.
[[nodiscard]] Defect check(std::string_view line) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

[[nodiscard]] constexpr std::string_view without_return(std::string_view line) noexcept {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Without the mark that some editors put in front of a file of UTF-8.
inline constexpr std::string_view kMark = "\xEF\xBB\xBF";
[[nodiscard]] constexpr std::string_view without_mark(std::string_view file) noexcept {
  if (file.starts_with(kMark)) file.remove_prefix(kMark.size());
  return file;
}
// Without blanks around it and marks in front: files that were joined have some inside.
[[nodiscard]] std::string_view bare(std::string_view line) noexcept;

// A field without the blanks around it: who edits a file by hand leaves some, which nobody sees.
[[nodiscard]] constexpr std::string_view unpadded(std::string_view field) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (field.empty() || (field.front() > ' ' && field.back() > ' ')) [[likely]]
    return field;
  while (!field.empty() && is_blank(field.front())) field.remove_prefix(1);
  while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
  return field;
}

// Field `number` (1 to 47), unpadded; empty when the line is too short to have it.
[[nodiscard]] std::string_view field(std::string_view line, std::size_t number) noexcept;

// All fields, unpadded: fields[0] is field 1. What a short line lacks is empty; what follows field 47 is not
// looked at.
using Fields = std::array<std::string_view, kFields>;
[[nodiscard]] Fields split(std::string_view line) noexcept;

}  // namespace ctys::inventory
