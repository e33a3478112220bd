// The digits of MAC addresses and UUIDs, and the groups they are written in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/spelling.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace ctys::spelling {
namespace {

constexpr std::size_t kMacDigits = 12;
constexpr std::size_t kUuidDigits = 32;
constexpr std::string_view kMacSeparators = ":-.";
constexpr std::string_view kUuidSeparators = "-";

constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool all_hex(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_hex);
}

// False: there is something else than digits and separators.
bool take_digits(std::string_view text, std::string_view separators, std::string& digits) {
  digits.clear();
  for (const char c : text) {
    if (is_hex(c))
      digits += lower(c);
    else if (separators.find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

// Pairs with ':' between them; the first `odd` digits are a group of their own.
std::string pairs(std::string_view digits, std::size_t odd = 0) {
  std::string out;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at > 0 && (at - odd) % 2 == 0) out += ':';
    out += digits[at];
  }
  return out;
}

// Groups that follow each other in 8-4-4-4-12.
bool are_of_uuid(const std::vector<std::string_view>& groups) {
  constexpr std::array<std::size_t, 5> kSizes{8, 4, 4, 4, 12};
  for (std::size_t from = 0; from + groups.size() <= kSizes.size(); ++from)
    if (std::equal(groups.begin(), groups.end(), kSizes.begin() + static_cast<std::ptrdiff_t>(from),
                   [](std::string_view group, std::size_t size) { return group.size() == size; }))
      return true;
  return false;
}

bool are_all(const std::vector<std::string_view>& groups, std::size_t size) {
  return std::all_of(groups.begin(), groups.end(), [&](auto group) { return group.size() == size; });
}

std::string_view without_ends(std::string_view word) noexcept {
  if (word.starts_with('*')) word.remove_prefix(1);
  if (word.ends_with('*')) word.remove_suffix(1);
  if (!word.empty() && kMacSeparators.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  if (!word.empty() && kMacSeparators.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

// What stands between two '*' of a pattern.
std::string mac_piece(std::string_view piece, bool is_first, bool is_last) {
  std::string digits;
  if (!take_digits(piece, kMacSeparators, digits) || digits.empty()) return text::lower(piece);
  const auto is_separator = [](char c) { return kMacSeparators.find(c) != std::string_view::npos; };
  // At its end pairs are counted from there.
  auto out = pairs(digits, is_last && !is_first ? digits.size() % 2 : 0);
  if (is_separator(piece.front())) out.insert(out.begin(), ':');
  if (is_separator(piece.back())) out += ':';
  return out;
}

}  // namespace

std::string_view usual_mac(std::string_view text, std::string& scratch) {
  std::string_view rest = text;
  scratch.clear();
  if (text.size() > kMacDigits + 5) return {};
  for (std::size_t digits = 0; !rest.empty(); rest.remove_prefix(1)) {
    if (!is_hex(rest.front())) {
      if (kMacSeparators.find(rest.front()) == std::string_view::npos) return {};
      continue;
    }
    if (digits > 0 && digits % 2 == 0) scratch += ':';
    scratch += lower(rest.front());
    ++digits;
  }
  return scratch.size() == kMacDigits + 5 ? std::string_view(scratch) : std::string_view();
}

std::string_view usual_uuid(std::string_view text, std::string& scratch) {
  if (text.size() < kUuidDigits || text.size() > kUuidDigits + 4) return {};
  const bool good = take_digits(text, kUuidSeparators, scratch) && scratch.size() == kUuidDigits;
  return good ? std::string_view(scratch) : std::string_view();
}

std::optional<Part> part_of(std::string_view word) {
  constexpr std::size_t kLeastOfMac = 6;
  constexpr std::size_t kLeastOfUuid = 8;
  word = without_ends(word);
  const auto at = word.find_first_of(kMacSeparators);
  const char separator = at == std::string_view::npos ? '\0' : word[at];
  const auto groups = text::split(word, separator);
  if (!std::all_of(groups.begin(), groups.end(), all_hex)) return std::nullopt;
  Part part;
  std::string digits;
  (void)take_digits(word, kMacSeparators, digits);
  const bool in_bytes =
      separator == '\0' ? digits.size() % 2 == 0 : are_all(groups, separator == '.' ? 4 : 2);
  if (in_bytes && digits.size() >= kLeastOfMac && digits.size() <= kMacDigits) part.mac = pairs(digits);
  const bool in_groups = separator == '\0' || (separator == '-' && are_of_uuid(groups));
  if (in_groups && digits.size() >= kLeastOfUuid && digits.size() <= kUuidDigits) part.uuid = digits;
  if (part.mac.empty() && part.uuid.empty()) return std::nullopt;
  return part;
}

std::string mac_pattern(std::string_view pattern) {
  std::vector<std::string> pieces;
  const auto parts = text::split(pattern, '*');
  for (std::size_t at = 0; at < parts.size(); ++at)
    pieces.push_back(mac_piece(parts[at], at == 0, at + 1 == parts.size()));
  return text::join(pieces, "*");
}

std::string uuid_pattern(std::string_view pattern) {
  std::string out = text::lower(pattern);
  std::erase(out, '-');
  return out;
}

std::string column_hint(std::string_view word) {
  const auto groups = text::split(word, ':');
  const bool is_part = std::all_of(groups.begin(), groups.end(), [](auto group) {
    return group.size() <= 4 && (group.empty() || all_hex(group));
  });
  if (!is_part || groups.size() < 2) return {};
  const bool is_mac = std::none_of(groups.begin(), groups.end(), [](auto group) { return group.size() > 2; });
  return "a part of an address is asked for with its column: " + std::string(is_mac ? "mac" : "tcp") + ":*" +
         std::string(word) + "*";
}

}  // namespace ctys::spelling
