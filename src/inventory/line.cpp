// Reads one record line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/line.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstring>

namespace ctys::inventory {
namespace {

// Most bytes are plain: eight of them are looked at in one step, and the others through the decoder.
bool is_utf8(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  while (!text.empty()) {
    std::uint64_t word = 0;
    if (text.size() >= sizeof word) {
      std::memcpy(&word, text.data(), sizeof word);
      if ((word & kHighBits) == 0) {
        text.remove_prefix(sizeof word);
        continue;
      }
    }
    const auto length = text::first_character(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::string_view describe(Defect defect) noexcept {
  switch (defect) {
    case Defect::none:
      return "a record";
    case Defect::blank:
      return "blank";
    case Defect::comment:
      return "a comment";
    case Defect::fields:
      return "wrong number of fields";
    case Defect::nul:
      return "a NUL character";
    case Defect::utf8:
      return "not UTF-8";
    case Defect::too_long:
      return "too long";
  }
  return "unknown";
}

Defect check(std::string_view line) noexcept {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return Defect::blank;
  if (line[first] == '#') return Defect::comment;
  if (line.size() > kMaxLine) return Defect::too_long;
  std::size_t separators = 0;
  unsigned char high = 0;
  bool nul = false;
  for (const char c : line) {  // no early end: the compiler looks at many bytes at once
    separators += c == kSeparator ? 1U : 0U;
    high |= static_cast<unsigned char>(c);
    nul |= c == '\0';
  }
  if (nul) return Defect::nul;
  if (high >= 0x80 && !is_utf8(line)) return Defect::utf8;
  return separators + 1 == kFields || separators + 1 == kFieldsBefore ? Defect::none : Defect::fields;
}

std::string_view field(std::string_view line, std::size_t number) noexcept {
  for (std::size_t at = 1; at < number; ++at) {
    const auto end = line.find(kSeparator);
    if (end == std::string_view::npos) return {};
    line.remove_prefix(end + 1);
  }
  return line.substr(0, line.find(kSeparator));
}

Fields split(std::string_view line) noexcept {
  Fields fields;
  for (auto& one : fields) {
    const auto end = line.find(kSeparator);
    one = line.substr(0, end);
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return fields;
}

}  // namespace ctys::inventory
