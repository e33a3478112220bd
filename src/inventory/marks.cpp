// Marks bytes by their kinds, with the widest registers that this processor has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/marks.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#ifdef __clang__
#define _Bool bool  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming): a header for C
#endif
#include <sys/platform/x86.h>

#include <immintrin.h>
#endif

namespace ctys::inventory {
namespace {

constexpr char kFirst = 0x20;  // of printable ASCII
constexpr char kLast = 0x7e;

#if defined(__x86_64__)
std::uint64_t count_of(std::uint64_t bits) noexcept {
  return static_cast<std::uint64_t>(std::popcount(bits));
}

void mark_narrow(const char* text, Marks* marks, std::size_t count) noexcept {
  constexpr std::size_t kStep = sizeof(__m128i);
  const auto bits = [](__m128i bytes) { return static_cast<std::uint64_t>(_mm_movemask_epi8(bytes)); };
  for (std::size_t at = 0; at < count; ++at) {
    Marks one;
    for (std::size_t byte = 0; byte < Marks::kBytes; byte += kStep, text += kStep) {
      __m128i bytes;
      std::memcpy(&bytes, text, sizeof bytes);
      const auto clamped = _mm_min_epu8(_mm_max_epu8(bytes, _mm_set1_epi8(kFirst)), _mm_set1_epi8(kLast));
      one.newlines |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))) << byte;
      one.separators |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(kSeparator))) << byte;
      one.others |= bits(_mm_cmpeq_epi8(clamped, bytes)) << byte;
    }
    one.others = ~(one.others | one.newlines);
    one.count = count_of(one.separators);
    marks[at] = one;
  }
}

// The same, twice as many at a time.
__attribute__((target("avx2,popcnt"))) void mark_wide(const char* text, Marks* marks,
                                                      std::size_t count) noexcept {
  constexpr std::size_t kStep = sizeof(__m256i);
  for (std::size_t at = 0; at < count; ++at) {
    Marks one;
    for (std::size_t byte = 0; byte < Marks::kBytes; byte += kStep, text += kStep) {
      __m256i bytes;
      std::memcpy(&bytes, text, sizeof bytes);
      const auto clamped =
          _mm256_min_epu8(_mm256_max_epu8(bytes, _mm256_set1_epi8(kFirst)), _mm256_set1_epi8(kLast));
      const auto newlines = _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\n')));
      const auto separators = _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(kSeparator)));
      const auto printable = _mm256_movemask_epi8(_mm256_cmpeq_epi8(clamped, bytes));
      one.newlines |= std::uint64_t{static_cast<std::uint32_t>(newlines)} << byte;
      one.separators |= std::uint64_t{static_cast<std::uint32_t>(separators)} << byte;
      one.others |= std::uint64_t{static_cast<std::uint32_t>(printable)} << byte;
    }
    one.others = ~(one.others | one.newlines);
    one.count = static_cast<std::uint64_t>(__builtin_popcountll(one.separators));
    marks[at] = one;
  }
}

// glibc asked the processor when it started, so this costs no cpuid, which takes microseconds in a guest.
auto best_way() noexcept {
  return CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(POPCNT) ? mark_wide : mark_narrow;
}
#else
void mark_bytes(const char* text, Marks* marks, std::size_t count) noexcept {
  for (std::size_t at = 0; at < count; ++at) {
    Marks one;
    for (std::size_t byte = 0; byte < Marks::kBytes; ++byte, ++text) {
      const auto bit = std::uint64_t{1} << byte;
      if (*text == '\n') one.newlines |= bit;
      if (*text != '\n' && (*text < kFirst || *text > kLast)) one.others |= bit;
      if (*text != kSeparator) continue;
      one.separators |= bit;
      ++one.count;
    }
    marks[at] = one;
  }
}

auto best_way() noexcept {
  return mark_bytes;
}
#endif

}  // namespace

void mark(const char* text, Marks* marks, std::size_t count) noexcept {
  static const auto way = best_way();
  way(text, marks, count);
}

bool MarkedLines::fill() noexcept {
  const auto left = text_.size() - next_;
  if (left == 0) return false;
  first_ = next_;
  at_ = 0;
  filled_ = std::min(kGroup, left / Marks::kBytes);
  if (filled_ > 0) {
    mark(text_.data() + next_, marks_.data(), filled_);
  } else {
    std::array<char, Marks::kBytes> end{};
    end.fill(kFirst);
    std::memcpy(end.data(), text_.data() + next_, left);
    mark(end.data(), marks_.data(), 1);
    filled_ = 1;
  }
  next_ += std::min(left, filled_ * Marks::kBytes);
  return true;
}

}  // namespace ctys::inventory
