// Folds keys and fields.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A folded key is hashed or compared at once, in words of eight bytes. A processor that reads such a word
// just after parts of it were written waits until they are in its cache, which takes longer than folding:
// so what can be is put together in registers and written in one piece.
#include "inventory/fold.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace ctys::inventory {
namespace {

constexpr std::size_t kUuidDigits = 32;
constexpr std::size_t kMacDigits = 12;
constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kPair = 2 * kWord;

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kTops = kOnes * 0x80;

// Bit 7 of each byte of a word that is one of `first` to `last`, both of them ASCII.
constexpr std::uint64_t within(std::uint64_t word, char first, char last) noexcept {
  const auto low = word & ~kTops;
  const auto above = low + kOnes * static_cast<std::uint64_t>(0x80 - first);
  const auto beyond = low + kOnes * static_cast<std::uint64_t>(0x80 - last - 1);
  return above & ~beyond & ~word & kTops;
}
constexpr std::uint64_t lower_word(std::uint64_t word) noexcept {
  return word | within(word, 'A', 'Z') >> 2U;
}
// A word of hexadecimal digits.
constexpr bool is_hex(std::uint64_t word) noexcept {
  return (within(word, '0', '9') | within(lower_word(word), 'a', 'f')) == kTops;
}

constexpr bool is_hex_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The byte of a word that stands `at` bytes behind its first one in memory is moved so far, with the others
// of its piece.
constexpr unsigned shift_of(std::size_t at, std::size_t size = 1) noexcept {
  return static_cast<unsigned>(8 * (std::endian::native == std::endian::little ? at : kWord - at - size));
}
// Some bytes of a text as a part of a word, `at` bytes behind its beginning.
template <class Piece>
std::uint64_t piece(const char* text, std::size_t at) noexcept {
  Piece bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  return std::uint64_t{bytes} << shift_of(at, sizeof bytes);
}
std::uint64_t word_at(const char* text) noexcept {
  return piece<std::uint64_t>(text, 0);
}
std::uint64_t two_fours(const char* first, const char* second) noexcept {
  return piece<std::uint32_t>(first, 0) | piece<std::uint32_t>(second, 4);
}
std::uint64_t two_twos(const char* text, std::size_t at) noexcept {  // with a separator between them
  return piece<std::uint16_t>(text, at) | piece<std::uint16_t>(text + 3, at + 2);
}

// Two words in one piece.
void put_pair(std::uint64_t first, std::uint64_t second, char* out) noexcept {
  using Pair = std::uint64_t __attribute__((vector_size(kPair)));
  const Pair pair{first, second};
  std::memcpy(out, &pair, sizeof pair);
}

// The last `size` bytes, fewer than a word, of a text of `whole` bytes that ends at `end`.
std::uint64_t last_word(const char* end, std::size_t size, std::size_t whole) noexcept {
  if (size == 0) return 0;
  if (whole >= kWord) {  // what stands before them is moved out
    const auto word = word_at(end - kWord);
    const auto bits = 8 * (kWord - size);
    return std::endian::native == std::endian::little ? word >> bits : word << bits;
  }
  std::uint64_t word = 0;
  for (std::size_t at = 0; at < size; ++at)
    word |= std::uint64_t{static_cast<unsigned char>(*(end - size + at))} << shift_of(at);
  return word;
}

// Writes whole pairs of words: up to 15 bytes more than the text has.
std::size_t fold_text(std::string_view text, char* out) noexcept {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  const auto* at = text.data();
  const auto* const end = at + text.size();
  auto left = text.size();
  for (; left >= kPair; left -= kPair, at += kPair, out += kPair)
    put_pair(lower_word(word_at(at)), lower_word(word_at(at + kWord)), out);
  const auto last = lower_word(last_word(end, left % kWord, text.size()));
  if (left >= kWord)
    put_pair(lower_word(word_at(at)), last, out);
  else
    put_pair(last, 0, out);
  return text.size();
}

std::size_t fold_any(std::string_view text, char* out) noexcept {
  if (const auto size = fold_uuid(text, out)) return size;
  if (const auto size = fold_mac(text, out)) return size;
  if (const auto size = fold_ipv6(text, out)) return size;
  constexpr std::string_view kDecorations = "[{uU";
  if (text.empty() || kDecorations.find(text.front()) == std::string_view::npos) return fold_text(text, out);
  const auto inner = undecorated(text);
  return inner.size() == text.size() ? fold_text(text, out) : fold_any(inner, out);
}

}  // namespace

std::size_t fold_uuid(std::string_view text, char* out) noexcept {
  const auto* const at = text.data();
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  if (text.size() == kUuidDigits + 4) {  // 8-4-4-4-12
    if (at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-') return 0;
    second = two_fours(at + 9, at + 14);
    third = two_fours(at + 19, at + 24);
  } else if (text.size() == kUuidDigits) {
    second = word_at(at + kWord);
    third = word_at(at + kPair);
  } else {
    return 0;
  }
  const auto first = word_at(at);
  const auto last = word_at(at + text.size() - kWord);
  if (!is_hex(first) || !is_hex(second) || !is_hex(third) || !is_hex(last)) return 0;
  put_pair(lower_word(first), lower_word(second), out);
  put_pair(lower_word(third), lower_word(last), out + kPair);
  return kUuidDigits;
}

std::size_t fold_mac(std::string_view text, char* out) noexcept {
  const auto* const at = text.data();
  std::uint64_t first = 0;
  std::uint64_t last = std::uint64_t{0x30303030U} << shift_of(4, 4);  // no digits, but like them
  if (text.size() == 17) {
    const auto apart = at[2];
    if ((apart != ':' && apart != '-') || at[5] != apart || at[8] != apart || at[11] != apart ||
        at[14] != apart)
      return 0;
    first = two_twos(at, 0) | two_twos(at + 6, 4);
    last |= two_twos(at + 12, 0);
  } else if (text.size() == 14) {
    if (at[4] != '.' || at[9] != '.') return 0;
    first = two_fours(at, at + 5);
    last |= piece<std::uint32_t>(at + 10, 0);
  } else if (text.size() == kMacDigits) {
    first = word_at(at);
    last |= piece<std::uint32_t>(at + kWord, 0);
  } else {
    return 0;
  }
  if (!is_hex(first) || !is_hex(last)) return 0;
  put_pair(lower_word(first), lower_word(last), out);
  return kMacDigits;
}

std::size_t fold_ipv6(std::string_view text, char* out) noexcept {
  if (text.size() < 2 || (!is_hex_digit(text.front()) && text.front() != ':') ||
      text.find(':') == std::string_view::npos)
    return 0;
  // The zone, fe80::1%eth0, is a name that one host gives to a network: elsewhere it is another one.
  if (const auto zone = text.find('%'); zone + 1 < text.size()) text = text.substr(0, zone);
  if (text.size() >= INET6_ADDRSTRLEN) return 0;
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  std::memcpy(buffer.data(), text.data(), text.size());
  in6_addr address{};
  if (::inet_pton(AF_INET6, buffer.data(), &address) != 1) return 0;
  static_assert(kFoldRoom >= INET6_ADDRSTRLEN);
  return ::inet_ntop(AF_INET6, &address, out, kFoldRoom) == nullptr ? 0 : std::strlen(out);
}

std::string_view undecorated(std::string_view text) noexcept {
  constexpr std::string_view kUrn = "urn:uuid:";
  if (text.size() < 2) return text;
  std::array<char, kFoldRoom> folded{};
  const auto inner = text.substr(1, text.size() - 2);
  if (text.front() == '[' && text.back() == ']' && fold_ipv6(inner, folded.data()) != 0) return inner;
  if (text.front() == '{' && text.back() == '}' && fold_uuid(inner, folded.data()) != 0) return inner;
  const bool is_urn = text.size() > kUrn.size() && text::equal_ci(text.substr(0, kUrn.size()), kUrn);
  return is_urn && fold_uuid(text.substr(kUrn.size()), folded.data()) != 0 ? text.substr(kUrn.size()) : text;
}

std::string_view fold(std::string_view text, std::string& scratch) {
  constexpr std::size_t kNear = 256;
  if (text.size() <= kNear) {
    std::array<char, kNear + kFoldRoom> near;  // NOLINT(*-member-init): what is written of it is read
    const auto size = fold_any(text, near.data());
    return scratch.assign(near.data(), size);
  }
  scratch.resize(text.size() + kFoldRoom);
  scratch.resize(fold_any(text, scratch.data()));
  return scratch;
}

bool is_same(std::string_view a, std::string_view b) {
  std::string one;
  std::string other;
  const auto folded = fold(a, one);
  return !folded.empty() && folded == fold(b, other);
}

Folding::Folding(std::size_t most_bytes, std::size_t most_texts)
    : room_(most_bytes + most_texts * kFoldRoom) {}

std::string_view Folding::fold(std::string_view text) noexcept {
  auto* const out = room_.data() + used_;
  const auto size = fold_any(text, out);
  used_ += text.size() + kFoldRoom;
  return {out, size};
}

}  // namespace ctys::inventory
