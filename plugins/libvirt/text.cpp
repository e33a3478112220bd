// ASCII case, splitting, numbers, identities and positions in a text.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/text.hpp"

#include <algorithm>
#include <charconv>

namespace ctys::libvirt {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

char low(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
char high(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (low(c) >= 'a' && low(c) <= 'f');
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), low);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), high);
  return result;
}

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> normal_uuid(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  std::string result;
  std::size_t digits = 0;
  for (const char c : trim(text)) {
    if (c == '-') continue;
    if (!is_hex(c) || ++digits > kDigits) return std::nullopt;
    if (digits == 9 || digits == 13 || digits == 17 || digits == 21) result += '-';
    result += low(c);
  }
  if (digits != kDigits) return std::nullopt;
  return result;
}

std::optional<std::string> normal_mac(std::string_view text) {
  constexpr std::size_t kLength = 17;
  text = trim(text);
  if (text.size() != kLength) return std::nullopt;
  std::string result;
  for (std::size_t at = 0; at < kLength; ++at) {
    const bool separator = at % 3 == 2;
    if (separator ? (text[at] != ':' && text[at] != '-') : !is_hex(text[at])) return std::nullopt;
    result += separator ? ':' : low(text[at]);
  }
  return result;
}

std::optional<std::size_t> first_non_utf8(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || at + length > text.size()) return at;
    for (std::size_t next = at + 1; next < at + length; ++next)
      if ((byte(next) & 0xc0U) != 0x80) return at;
    at += length;
  }
  return std::nullopt;
}

Position position_of(std::string_view text, std::size_t offset) noexcept {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto last = before.rfind('\n');
  return {1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          last == std::string_view::npos ? before.size() + 1 : before.size() - last};
}

std::string to_text(Position position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

}  // namespace ctys::libvirt
