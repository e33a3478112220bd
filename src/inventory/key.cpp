// Canonical forms of keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/key.hpp"

#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/line.hpp"

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

tl::unexpected<Error> bad_key(std::string_view text, std::string why, std::string fix = {}) {
  return fail(Exit::usage, "bad key '" + text::printable(text.substr(0, 200)) + "'", std::move(why),
              std::move(fix));
}

Result<Key> checked_key(Kinds kinds, std::string_view value) {
  if (value.empty()) return bad_key(value, "the value is empty");
  if (value.size() > kMaxValue)
    return bad_key(value, "it is longer than " + std::to_string(kMaxValue) + " bytes");
  if (text::printable(value) != value) return bad_key(value, "it holds control characters or is not UTF-8");
  const auto recorded = recorded_text(value);
  if (recorded.empty()) return bad_key(value, "it is blank");
  value = undecorated(recorded);
  Key key{std::string(value), {}, kinds};
  (void)fold(value, key.folded);
  std::array<char, kFoldRoom> folded{};
  if (kinds == only(Kind::uuid) && fold_uuid(value, folded.data()) == 0)
    return bad_key(value, "this is no UUID", "write 32 hexadecimal digits, with or without dashes");
  if (kinds == only(Kind::mac) && fold_mac(value, folded.data()) == 0)
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
  if (spelled_key(text)) return make_key(text);
  std::vector<std::string> kinds;
  kinds.reserve(kNames.size());
  for (const auto& one : kNames) kinds.push_back(text::lower(name_of(one)));
  const std::vector<std::string_view> names(kinds.begin(), kinds.end());
  const auto near = text::did_you_mean(text.substr(0, colon), names);
  return bad_key(text, "there is no kind of key '" + text::printable(text.substr(0, colon)) + "'",
                 near + (near.empty() ? "" : " ") + "the kinds are " + text::join(kinds, ", "));
}

std::optional<Key> spelled_key(std::string_view text) {
  text = undecorated(text);
  std::array<char, kFoldRoom> folded{};
  auto kind = Kind::uuid;
  auto size = fold_uuid(text, folded.data());
  if (size == 0) size = fold_mac(text, folded.data()), kind = Kind::mac;
  if (size == 0) size = fold_ipv6(text, folded.data()), kind = Kind::tcp;
  if (size == 0) return std::nullopt;
  return Key{std::string(text), std::string(folded.data(), size), only(kind)};
}

std::string_view name_in_path(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const auto dot = path.rfind('.');
  return unpadded(dot == std::string_view::npos || dot == 0 ? path : path.substr(0, dot));
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
    return unpadded(line_.substr(begin, (number <= known_ ? ends_[number - 1] : line_.size()) - begin));
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
