// Finds keys and markers line by line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/conf_line.hpp"

#include "libvirt/text.hpp"

#include <algorithm>

namespace ctys::libvirt {
namespace {

constexpr std::string_view kPrefix = "#@#";
constexpr std::string_view kMarker = "MAGICID-";
constexpr std::string_view kBlanks = " \t\r";

bool is_key_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// The first character that is none of `set`, not behind `end`.
std::size_t skip(std::string_view text, std::size_t at, std::size_t end, std::string_view set) {
  return std::min(text.substr(0, end).find_first_not_of(set, at), end);
}

// The value between `at` (behind the `=`) and `end`: in quotes to the closing one, else to the end of the
// line.
void read_value(const Source& source, std::size_t at, std::size_t end, KeyLine& line) {
  const std::string_view text = source.text;
  line.value_begin = skip(text, at, end, kBlanks);
  line.value_end = end;
  while (line.value_end > line.value_begin &&
         kBlanks.find(text[line.value_end - 1]) != std::string_view::npos)
    --line.value_end;
  std::string_view value = text.substr(line.value_begin, line.value_end - line.value_begin);
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const auto close = value.find(value.front(), 1);
    if (close == std::string_view::npos)
      throw source.error(line.value_begin, "the quote is not closed",
                         "end the value with the same quote on the same line");
    line.value_end = line.value_begin + close + 1;
    value = value.substr(1, close - 1);
  }
  require_plain_text(source, value, line.value_begin);
  line.value = value;
}

// The line from `begin` to `end` (its line end left out), whose prefix ends at `at`.
KeyLine read_line(const Source& source, std::size_t begin, std::size_t at, std::size_t end) {
  const std::string_view text = source.text;
  KeyLine line;
  line.begin = begin;
  line.end = std::min(end + 1, text.size());
  at = skip(text, at, end, kBlanks);
  const std::size_t start = at;
  while (at < end && is_key_character(text[at])) ++at;
  const std::string name = upper(text.substr(start, at - start));
  at = skip(text, at, end, kBlanks);
  line.is_marker = name.starts_with(kMarker);
  const bool has_value = at < end && text[at] == '=';
  if (line.is_marker || has_value) line.name = name;
  if (line.is_key()) read_value(source, at + 1, end, line);
  return line;
}

}  // namespace

std::vector<KeyLine> key_lines(const Source& source) {
  std::vector<KeyLine> lines;
  for (std::size_t begin = 0; begin < source.text.size();) {
    const std::size_t end = std::min(source.text.find('\n', begin), source.text.size());
    const std::size_t at = skip(source.text, begin, end, " \t\r;");
    if (source.text.substr(at, kPrefix.size()) == kPrefix)
      lines.push_back(read_line(source, begin, at + kPrefix.size(), end));
    begin = end + 1;
  }
  return lines;
}

void require_plain_text(const Source& source, std::string_view value, std::size_t offset) {
  const bool plain = std::none_of(value.begin(), value.end(),
                                  [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
  if (!plain) throw source.error(offset, "the value holds control characters", "is this a text file?");
}

}  // namespace ctys::libvirt
