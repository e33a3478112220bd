// Edits keys line by line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/conf_edit.hpp"

#include "libvirt/conf_line.hpp"
#include "libvirt/keys.hpp"

#include <ctys/error.hpp>

#include <algorithm>
#include <vector>

namespace ctys::libvirt {
namespace {

bool is_line_of(const KeyLine& line, std::string_view key) {
  return line.is_key() && stored_key(line.name) == key;
}

std::string conf_quoted(std::string_view value) {
  const bool control = std::any_of(value.begin(), value.end(),
                                   [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
  const bool has_double = value.find('"') != std::string_view::npos;
  if (control || (has_double && value.find('\'') != std::string_view::npos))
    throw Error(Exit::usage, "this value cannot be written to a machine file",
                control ? "it holds control characters" : "it holds both kinds of quotes",
                "use a simpler value");
  const std::string quote = has_double ? "'" : "\"";
  return quote + std::string(value) + quote;
}

// A new line for `key` behind the last key line, else at the end.
std::string with_line(std::string_view text, const std::vector<KeyLine>& lines, std::string_view key,
                      std::string_view value) {
  const std::size_t place = lines.empty() ? text.size() : lines.back().end;
  const std::string end = text.substr(0, text.find('\n') + 1).ends_with("\r\n") ? "\r\n" : "\n";
  std::string result(text.substr(0, place));
  if (!result.empty() && result.back() != '\n') result += end;
  result += "#@#" + std::string(key) + " = " + conf_quoted(value) + end;
  return result.append(text.substr(place));
}

}  // namespace

std::size_t lines_of(std::string_view text, std::string_view key) {
  const auto lines = key_lines(Source{text});
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const KeyLine& line) { return is_line_of(line, key); }));
}

std::string with_key(std::string_view text, std::string_view key, std::string_view value) {
  const auto lines = key_lines(Source{text});
  const auto place =
      std::find_if(lines.begin(), lines.end(), [&](const KeyLine& line) { return is_line_of(line, key); });
  if (place == lines.end()) return with_line(text, lines, key, value);
  std::string result(text.substr(0, place->value_begin));
  return result.append(conf_quoted(value)).append(text.substr(place->value_end));
}

std::optional<std::string> without_key(std::string_view text, std::string_view key) {
  std::string result;
  std::size_t from = 0;
  for (const KeyLine& line : key_lines(Source{text})) {
    if (!is_line_of(line, key)) continue;
    result.append(text.substr(from, line.begin - from));
    from = line.end;
  }
  if (from == 0) return std::nullopt;
  return result.append(text.substr(from));
}

}  // namespace ctys::libvirt
