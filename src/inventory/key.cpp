// Canonical forms of keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/key.hpp"

#include "base/text.hpp"
#include "inventory/line.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ctys::inventory {
namespace {

constexpr std::size_t kMaxValue = 4096;
constexpr std::size_t kUuidDigits = 32;
constexpr std::size_t kMacDigits = 12;

constexpr std::array kNames{
    KindName{Kind::label, "LABEL|L", 3},
    KindName{Kind::name, "NAME|N", 4},
    KindName{Kind::id, "ID|I|PATHNAME|PNAME|P", 4},
    KindName{Kind::uuid, "UUID|U", 5},
    KindName{Kind::mac, "MAC|M", 6},
    KindName{Kind::tcp, "TCP|T|IP", 7},
    KindName{Kind::netname, "NETNAME|DNS", 28},
    KindName{Kind::host, "HOST|H|PM", 1},
};
static_assert(kNames.size() == kKinds);

constexpr char lower_char(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The digits of `text` in lower case, if it has `digits` of them and separators only where `may_separate`
// allows.
template <class MaySeparate>
bool fold_digits(std::string_view text, std::size_t digits, MaySeparate&& may_separate, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hex(text[i]))
      out += lower_char(text[i]);
    else if (!may_separate(i, text[i]))
      return false;
  }
  return out.size() == digits;
}

bool fold_uuid(std::string_view text, std::string& out) {
  if (text.size() != kUuidDigits && text.size() != kUuidDigits + 4) return false;
  const bool dashes = text.size() != kUuidDigits;
  return fold_digits(
      text, kUuidDigits,
      [&](std::size_t i, char c) { return dashes && c == '-' && (i == 8 || i == 13 || i == 18 || i == 23); },
      out);
}

// 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456, 525400123456.
bool fold_mac(std::string_view text, std::string& out) {
  const std::size_t group = text.size() == 17 ? 2 : text.size() == 14 ? 4 : kMacDigits;
  if (text.size() != 17 && text.size() != 14 && text.size() != kMacDigits) return false;
  const char separator = group < text.size() ? text[group] : '\0';
  if (group == 2 && separator != ':' && separator != '-') return false;
  if (group == 4 && separator != '.') return false;
  return fold_digits(
      text, kMacDigits, [&](std::size_t i, char c) { return c == separator && i % (group + 1) == group; },
      out);
}

bool fold_ipv6(std::string_view text, std::string& out) {
  if (text.size() < 2 || text.size() >= INET6_ADDRSTRLEN) return false;
  if ((!is_hex(text.front()) && text.front() != ':') || text.find(':') == std::string_view::npos)
    return false;
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  std::memcpy(buffer.data(), text.data(), text.size());
  in6_addr address{};
  if (::inet_pton(AF_INET6, buffer.data(), &address) != 1) return false;
  if (::inet_ntop(AF_INET6, &address, buffer.data(), buffer.size()) == nullptr) return false;
  out.assign(buffer.data());
  return true;
}

tl::unexpected<Error> bad_key(std::string_view text, std::string why, std::string fix = {}) {
  return fail(Exit::usage, "bad key '" + text::printable(text.substr(0, 200)) + "'", std::move(why),
              std::move(fix));
}

Result<Key> checked_key(Kinds kinds, std::string_view value) {
  if (value.empty()) return bad_key(value, "the value is empty");
  if (value.size() > kMaxValue)
    return bad_key(value, "it is longer than " + std::to_string(kMaxValue) + " bytes");
  if (text::printable(value) != value) return bad_key(value, "it holds control characters or is not UTF-8");
  if (value.find(kSeparator) != std::string_view::npos)
    return bad_key(value, "no field of a record holds ';'");
  Key key{std::string(value), {}, kinds};
  std::string scratch;
  key.folded = fold(value, scratch);
  if (kinds == only(Kind::uuid) && !fold_uuid(value, scratch))
    return bad_key(value, "this is no UUID", "write 32 hexadecimal digits, with or without dashes");
  if (kinds == only(Kind::mac) && !fold_mac(value, scratch))
    return bad_key(value, "this is no MAC address", "write it like 52:54:00:12:34:56");
  return key;
}

bool is_exact(Kind kind) noexcept {
  return kind == Kind::label || kind == Kind::name || kind == Kind::id;
}

}  // namespace

std::span<const KindName> kind_names() noexcept {
  return kNames;
}

std::optional<Kind> find_kind(std::string_view word) noexcept {
  for (const auto& [kind, words, field] : kNames)
    for (std::string_view rest = words; !rest.empty();) {
      const auto end = std::min(rest.find('|'), rest.size());
      if (text::equal_ci(word, rest.substr(0, end))) return kind;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  return std::nullopt;
}

Result<Key> make_key(Kind kind, std::string_view value) {
  return checked_key(only(kind), value);
}

Result<Key> make_key(std::string_view word) {
  return checked_key(kAnyMachine, word);
}

Result<Key> parse_key(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.front() == '/') return make_key(text);
  if (const auto kind = find_kind(text.substr(0, colon))) return make_key(*kind, text.substr(colon + 1));
  std::string scratch;
  if (fold_mac(text, scratch) || fold_ipv6(text, scratch)) return make_key(text);
  constexpr std::array<std::string_view, kKinds> kWords{"label", "name", "id",      "uuid",
                                                        "mac",   "tcp",  "netname", "host"};
  const auto near = text::did_you_mean(text.substr(0, colon), kWords);
  return bad_key(text, "there is no kind of key '" + text::printable(text.substr(0, colon)) + "'",
                 near.empty() ? "the kinds are label, name, id, uuid, mac, tcp, netname, host" : near);
}

std::string_view fold(std::string_view text, std::string& scratch) {
  if (fold_uuid(text, scratch) || fold_mac(text, scratch) || fold_ipv6(text, scratch)) return scratch;
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  scratch.assign(text);
  for (char& c : scratch) c = lower_char(c);
  return scratch;
}

std::string_view name_in_path(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? path : path.substr(0, dot);
}

std::string_view value_of(Kind kind, std::string_view line) noexcept {
  const auto text = field(line, kNames[static_cast<std::size_t>(kind)].field);
  return kind == Kind::name ? name_in_path(text) : text;
}

Kinds holds(const Key& key, std::string_view line) {
  unsigned found = 0;
  std::string scratch;
  for (const auto& [kind, words, number] : kNames) {
    if ((key.kinds & only(kind)) == 0) continue;
    const auto value = value_of(kind, line);
    if (value.empty()) continue;
    const bool same =
        is_exact(kind) ? value == key.text : value == key.text || fold(value, scratch) == key.folded;
    if (same) found |= only(kind);
  }
  return static_cast<Kinds>(found);
}

}  // namespace ctys::inventory
