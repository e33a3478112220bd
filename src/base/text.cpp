// Text helpers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <numeric>
#include <utility>

namespace ctys::text {
namespace {

constexpr char upper_char(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}
constexpr char lower_char(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// Characters that change how their neighbours are read: bidirectional controls, line separators, zero width
// marks.
bool is_deceptive(char32_t code) noexcept {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E ||
         code == 0x200F || code == 0x061C || code == 0x2028 || code == 0x2029 || code == 0xFEFF;
}

bool is_control(char32_t code) noexcept {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

// How many bytes of printable ASCII a text begins with; eight of them are looked at in one step.
std::size_t plain_length(std::string_view s) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= s.size(); at += sizeof word) {
    std::memcpy(&word, s.data() + at, sizeof word);
    // Bit 7 of each byte up to the first one that is not plain, and of that one, is right.
    if ((((word - kOnes * 0x20) | (word + kOnes) | word) & (kOnes * 0x80)) != 0) break;
  }
  while (at < s.size() && s[at] >= 0x20 && s[at] < 0x7F) ++at;
  return at;
}

void append_hex(std::string& out, unsigned value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kDigits[(value >> shift) & 0xFU];
}

// Columns of East Asian wide characters and emoji, as wcwidth counts them, without its dependence on the
// locale.
int width_of(char32_t c) noexcept {
  if (c == 0 || (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200D) || (c >= 0x1AB0 && c <= 0x1AFF) ||
      (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F))
    return 0;
  const bool wide =
      (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) || (c >= 0x3041 && c <= 0x33FF) ||
      (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
      (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
      (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
      (c >= 0x1F900 && c <= 0x1F9FF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

// Changes, insertions, deletions and swaps of neighbours that turn one word into the other, ASCII case
// ignored.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  const auto same = [&](std::size_t i, std::size_t j) { return lower_char(a[i]) == lower_char(b[j]); };
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i - 1, j - 1) ? 0U : 1U)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string seconds(std::int64_t milliseconds) {
  constexpr std::int64_t kShort = 100;
  if (milliseconds > 0 && milliseconds < kShort) return std::to_string(milliseconds) + " ms";
  std::string text = std::to_string(milliseconds / 1000);
  if (milliseconds % 1000 != 0) text += "." + std::to_string(milliseconds % 1000 + 1000).substr(1);
  while (text.find('.') != std::string::npos && text.back() == '0') text.pop_back();
  return text + " s";
}

Character first_character(std::string_view s) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  if (s.empty()) return {};
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || s.size() < length) return {};
  char32_t code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length};
}

std::string upper(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), upper_char);
  return out;
}

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), lower_char);
  return out;
}

bool equal_ci(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_char(x) == lower_char(y); });
}

std::string_view trim(std::string_view s) noexcept {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const auto first = s.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0;;) {
    const auto end = s.find(separator, start);
    parts.push_back(s.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != parts.data()) out += separator;
    out += part;
  }
  return out;
}

std::optional<std::uint64_t> number(std::string_view s) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (s.empty() || error != std::errc() || end != s.data() + s.size()) return std::nullopt;
  return value;
}

bool is_plain(std::string_view s) noexcept {
  return plain_length(s) == s.size();
}

bool is_printable(std::string_view s) noexcept {
  for (s.remove_prefix(plain_length(s)); !s.empty(); s.remove_prefix(plain_length(s))) {
    const auto [code, length] = first_character(s);
    if (length == 0 || is_control(code) || is_deceptive(code)) return false;
    s.remove_prefix(length);
  }
  return true;
}

void append_printable(std::string& out, std::string_view s) {
  for (;;) {
    const auto plain = plain_length(s);
    out += s.substr(0, plain);
    s.remove_prefix(plain);
    if (s.empty()) return;
    const auto [code, length] = first_character(s);
    const auto whole = std::max<std::size_t>(length, 1);
    if (length == 0 || is_control(code)) {
      for (std::size_t i = 0; i < whole; ++i) {
        out += "\\x";
        append_hex(out, static_cast<unsigned char>(s[i]), 2);
      }
    } else if (is_deceptive(code)) {
      out += "\\u{";
      append_hex(out, code, 4);
      out += '}';
    } else {
      out += s.substr(0, length);
    }
    s.remove_prefix(whole);
  }
}

std::string printable(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  append_printable(out, s);
  return out;
}

std::size_t columns(std::string_view s) noexcept {
  std::size_t count = 0;
  while (!s.empty()) {
    const auto [code, length] = first_character(s);
    count += length == 0 ? 1U : static_cast<std::size_t>(width_of(code));
    s.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return count;
}

std::string_view cut_right(std::string_view s, std::size_t width) noexcept {
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < s.size()) {
    const auto [code, length] = first_character(s.substr(at));
    const std::size_t next = used + (length == 0 ? 1U : static_cast<std::size_t>(width_of(code)));
    if (next > width) break;
    used = next;
    at += std::max<std::size_t>(length, 1);
  }
  return s.substr(0, at);
}

std::string_view cut_left(std::string_view s, std::size_t width) noexcept {
  std::size_t excess = columns(s);
  while (excess > width) {
    const auto [code, length] = first_character(s);
    excess -= length == 0 ? 1U : static_cast<std::size_t>(width_of(code));
    s.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return s;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > 64) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const std::size_t d = distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string() : "did you mean '" + std::string(best) + "'?";
}

std::string shell_quoted(std::string_view argument) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%^";
  if (!argument.empty() && argument.find_first_not_of(kSafe) == std::string_view::npos)
    return std::string(argument);
  std::string out = "'";
  for (const char c : argument) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace ctys::text
