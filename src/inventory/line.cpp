// Reads one record line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/line.hpp"

#include "base/text.hpp"

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ctys::inventory {
namespace {

struct Census {
  std::size_t separators = 0;
  bool has_nul = false;
  bool has_high = false;  // a byte that is not ASCII
};

#ifdef __SSE2__
// Sixteen bytes at a time; a separator counts -1 in its column, so columns are summed up before they
// overflow.
std::size_t census_of_blocks(std::string_view line, Census& census) noexcept {
  constexpr std::size_t kStep = 16;
  constexpr std::size_t kMostSteps = 255;
  auto nul = _mm_setzero_si128();
  auto high = _mm_setzero_si128();
  std::size_t at = 0;
  while (at + kStep <= line.size()) {
    auto separators = _mm_setzero_si128();
    for (std::size_t step = 0; step < kMostSteps && at + kStep <= line.size(); ++step, at += kStep) {
      __m128i bytes;
      std::memcpy(&bytes, line.data() + at, sizeof bytes);
      separators = _mm_sub_epi8(separators, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kSeparator)));
      nul = _mm_or_si128(nul, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
      high = _mm_or_si128(high, bytes);
    }
    const auto sums = _mm_sad_epu8(separators, _mm_setzero_si128());
    census.separators += static_cast<std::size_t>(_mm_cvtsi128_si64(sums)) +
                         static_cast<std::size_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));
  }
  census.has_nul = _mm_movemask_epi8(nul) != 0;
  census.has_high = _mm_movemask_epi8(high) != 0;
  return at;
}
#else
std::size_t census_of_blocks(std::string_view, Census&) noexcept {
  return 0;
}
#endif

Census census_of(std::string_view line) noexcept {
  Census census;
  for (std::size_t at = census_of_blocks(line, census); at < line.size(); ++at) {
    census.separators += line[at] == kSeparator ? 1U : 0U;
    census.has_nul |= line[at] == '\0';
    census.has_high |= static_cast<unsigned char>(line[at]) >= 0x80;
  }
  return census;
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
    case Defect::quoted:
      return "quoted fields";
    case Defect::too_long:
      return "too long";
  }
  return "unknown";
}

Defect check(std::string_view line) noexcept {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return Defect::blank;
  if (line[first] == '#') return Defect::comment;
  if (line[first] == '"') return Defect::quoted;
  if (line.size() > kMaxLine) return Defect::too_long;
  const auto [separators, has_nul, has_high] = census_of(line);
  if (has_nul) return Defect::nul;
  if (has_high && !is_utf8(line)) return Defect::utf8;
  return separators + 1 == kFields || separators + 1 == kFieldsBefore ? Defect::none : Defect::fields;
}

std::string_view bare(std::string_view line) noexcept {
  for (line = text::trim(line); line.starts_with(kMark); line = text::trim(line)) line = without_mark(line);
  return line;
}

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

std::string_view field(std::string_view line, std::size_t number) noexcept {
  for (std::size_t at = 1; at < number; ++at) {
    const auto end = line.find(kSeparator);
    if (end == std::string_view::npos) return {};
    line.remove_prefix(end + 1);
  }
  return unpadded(line.substr(0, line.find(kSeparator)));
}

Fields split(std::string_view line) noexcept {
  Fields fields;
  for (auto& one : fields) {
    const auto end = line.find(kSeparator);
    one = unpadded(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return fields;
}

}  // namespace ctys::inventory
