// Canonical forms of keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/key.hpp"

#include "base/text.hpp"
#include "inventory/line.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

// Hexadecimal digits in lower case, 0 for what is none.
constexpr auto kDigit = [] {
  std::array<char, 256> table{};
  for (const char c : std::string_view("0123456789abcdefABCDEF"))
    table[static_cast<unsigned char>(c)] = lower_char(c);
  return table;
}();
constexpr bool is_hex(char c) noexcept {
  return kDigit[static_cast<unsigned char>(c)] != 0;
}

// Groups of `group` digits with `separator` between them (none: '\0') as one row of `digits` digits.
bool fold_digits(std::string_view text, std::size_t group, std::size_t digits, char separator,
                 char* out) noexcept {
  for (std::size_t done = 0, at = 0; done < digits; ++done, ++at) {
    if (separator != '\0' && done != 0 && done % group == 0 && text[at++] != separator) return false;
    const char digit = kDigit[static_cast<unsigned char>(text[at])];
    if (digit == 0) return false;
    out[done] = digit;
  }
  return true;
}

bool fold_uuid(std::string_view text, std::string& out) {
  if (text.size() != kUuidDigits && text.size() != kUuidDigits + 4) return false;
  std::array<char, kUuidDigits>
      digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled, or not used
  auto* const at = digits.data();
  if (text.size() == kUuidDigits) {
    if (!fold_digits(text, 1, kUuidDigits, '\0', at)) return false;
  } else {
    // 8-4-4-4-12: the middle is of one kind, its ends are not.
    if (text[8] != '-' || text[23] != '-' || !fold_digits(text.substr(0, 8), 1, 8, '\0', at) ||
        !fold_digits(text.substr(9, 14), 4, 12, '-', at + 8) ||
        !fold_digits(text.substr(24), 1, 12, '\0', at + 20))
      return false;
  }
  out.assign(digits.data(), digits.size());
  return true;
}

// 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456, 525400123456.
bool fold_mac(std::string_view text, std::string& out) {
  const std::size_t group = text.size() == 17 ? 2 : text.size() == 14 ? 4 : kMacDigits;
  if (text.size() != 17 && text.size() != 14 && text.size() != kMacDigits) return false;
  const char separator = group < text.size() ? text[group] : '\0';
  if (group == 2 && separator != ':' && separator != '-') return false;
  if (group == 4 && separator != '.') return false;
  std::array<char, kMacDigits> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled, or not used
  if (!fold_digits(text, group, kMacDigits, separator, digits.data())) return false;
  out.assign(digits.data(), digits.size());
  return true;
}

// Eight characters in lower case at once: bit 7 of each byte of the comparisons tells whether it is A to Z.
std::uint64_t lower_word(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  const auto low = word & (kOnes * 0x7F);
  const auto above = low + kOnes * (0x80 - 'A');
  const auto beyond = low + kOnes * (0x80 - 'Z' - 1);
  const auto capital = above & ~beyond & ~word & (kOnes * 0x80);
  return word | capital >> 2U;
}

void fold_text(std::string_view text, std::string& out) {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  out.resize(text.size());
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    word = lower_word(word);
    std::memcpy(out.data() + at, &word, sizeof word);
  }
  for (; at < text.size(); ++at) out[at] = lower_char(text[at]);
}

bool fold_ipv6(std::string_view text, std::string& out) {
  if (text.size() < 2 || (!is_hex(text.front()) && text.front() != ':') ||
      text.find(':') == std::string_view::npos)
    return false;
  // The zone, fe80::1%eth0, is a name that one host gives to a network: elsewhere it is another one.
  if (const auto zone = text.find('%'); zone + 1 < text.size()) text = text.substr(0, zone);
  if (text.size() >= INET6_ADDRSTRLEN) return false;
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  std::memcpy(buffer.data(), text.data(), text.size());
  in6_addr address{};
  if (::inet_pton(AF_INET6, buffer.data(), &address) != 1) return false;
  if (::inet_ntop(AF_INET6, &address, buffer.data(), buffer.size()) == nullptr) return false;
  out.assign(buffer.data());
  return true;
}

// What stands in [2001:db8::1], {UUID} and behind urn:uuid:; else the text as it is.
std::string_view undecorated(std::string_view text, std::string& scratch) {
  constexpr std::string_view kUrn = "urn:uuid:";
  if (text.size() < 2) return text;
  const auto inner = text.substr(1, text.size() - 2);
  if (text.front() == '[' && text.back() == ']' && fold_ipv6(inner, scratch)) return inner;
  if (text.front() == '{' && text.back() == '}' && fold_uuid(inner, scratch)) return inner;
  const bool is_urn = text.size() > kUrn.size() && text::equal_ci(text.substr(0, kUrn.size()), kUrn);
  return is_urn && fold_uuid(text.substr(kUrn.size()), scratch) ? text.substr(kUrn.size()) : text;
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
  std::string scratch;
  value = undecorated(value, scratch);
  Key key{std::string(value), {}, kinds};
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

std::string_view name_of(const KindName& kind) noexcept {
  return kind.words.substr(0, kind.words.find('|'));
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
  if (undecorated(text, scratch).size() != text.size()) return make_key(text);
  std::vector<std::string> kinds;
  kinds.reserve(kNames.size());
  for (const auto& one : kNames) kinds.push_back(text::lower(name_of(one)));
  const std::vector<std::string_view> names(kinds.begin(), kinds.end());
  const auto near = text::did_you_mean(text.substr(0, colon), names);
  return bad_key(text, "there is no kind of key '" + text::printable(text.substr(0, colon)) + "'",
                 near + (near.empty() ? "" : " ") + "the kinds are " + text::join(kinds, ", "));
}

std::optional<Key> spelled_key(std::string_view text) {
  std::string folded;
  text = undecorated(text, folded);
  const auto kind = fold_uuid(text, folded)   ? Kind::uuid
                    : fold_mac(text, folded)  ? Kind::mac
                    : fold_ipv6(text, folded) ? Kind::tcp
                                              : Kind::label;
  if (kind == Kind::label) return std::nullopt;
  return Key{std::string(text), std::move(folded), only(kind)};
}

std::string_view fold(std::string_view text, std::string& scratch) {
  if (fold_uuid(text, scratch) || fold_mac(text, scratch) || fold_ipv6(text, scratch)) return scratch;
  constexpr std::string_view kDecorations = "[{uU";
  const bool may_be = !text.empty() && kDecorations.find(text.front()) != std::string_view::npos;
  if (!may_be || undecorated(text, scratch).size() == text.size()) fold_text(text, scratch);
  return scratch;
}

bool is_same(std::string_view a, std::string_view b) {
  std::string one;
  std::string other;
  return fold(a, one) == fold(b, other);
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

namespace {

constexpr std::size_t kLastKeyField = 28;

// Where the fields of a line end that keys stand in.
class KeyFields {
 public:
  explicit KeyFields(std::string_view line) noexcept : line_(line) {}
  [[nodiscard]] std::string_view get(std::size_t number) noexcept {
    while (known_ < number && seen_ < line_.size()) advance();
    if (number > known_ + 1 || (number == known_ + 1 && known_ == kLastKeyField)) return {};
    const std::size_t begin = number == 1 ? 0 : ends_[number - 2] + 1;
    return line_.substr(begin, (number <= known_ ? ends_[number - 1] : line_.size()) - begin);
  }

 private:
  void advance() noexcept {
#ifdef __SSE2__
    constexpr std::size_t kStep = 16;
    if (line_.size() - seen_ >= kStep) {
      __m128i bytes;
      std::memcpy(&bytes, line_.data() + seen_, sizeof bytes);
      auto marks = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(kSeparator))));
      for (; marks != 0 && known_ < kLastKeyField; marks &= marks - 1)
        ends_[known_++] = static_cast<std::uint32_t>(seen_ + static_cast<std::size_t>(__builtin_ctz(marks)));
      seen_ += kStep;
      return;
    }
#endif
    if (line_[seen_] == kSeparator && known_ < kLastKeyField)
      ends_[known_++] = static_cast<std::uint32_t>(seen_);
    ++seen_;
  }

  std::string_view line_;
  std::size_t seen_ = 0;
  std::size_t known_ = 0;  // ends that were found
  std::array<std::uint32_t, kLastKeyField>
      ends_;  // NOLINT(cppcoreguidelines-pro-type-member-init): known_ of them
};

// Folding keeps the first character but for its case, other than in addresses with colons and in decorated
// ones.
bool may_be_same(std::string_view value, const Key& key) noexcept {
  return lower_char(value.front()) == key.folded.front() || value.front() == '.' || value.front() == '{' ||
         value.find(':') != std::string_view::npos;
}

// Which kinds of the line's keys are the key; with `one` the first of them.
Kinds kinds_of(const Key& key, std::string_view line, bool one) {
  unsigned found = 0;
  thread_local std::string scratch;
  KeyFields fields(line);
  if (one && !key.text.empty()) {
    // Most keys stand in the record as they were given, in the field that their length tells.
    const auto likely = key.text.size() == 17 ? Kind::mac : key.text.size() == 36 ? Kind::uuid : Kind::label;
    const std::size_t number = likely == Kind::mac ? 6 : likely == Kind::uuid ? 5 : 3;
    if ((key.kinds & only(likely)) != 0 && fields.get(number) == key.text) return only(likely);
  }
  for (const auto& [kind, words, number] : kNames) {
    if ((key.kinds & only(kind)) == 0) continue;
    auto value = fields.get(number);
    if (kind == Kind::name) value = name_in_path(value);
    if (value.empty()) continue;
    const bool same = value == key.text || (!is_exact(kind) && !key.folded.empty() &&
                                            may_be_same(value, key) && fold(value, scratch) == key.folded);
    if (same) found |= only(kind);
    if (same && one) break;
  }
  return static_cast<Kinds>(found);
}

}  // namespace

Kinds holds(const Key& key, std::string_view line) {
  return kinds_of(key, line, false);
}

bool holds_any(const Key& key, std::string_view line) {
  return kinds_of(key, line, true) != 0;
}

}  // namespace ctys::inventory
