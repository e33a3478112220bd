// The fields of one record line, found as far as they are asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/line.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace ctys::inventory {

class Cells {
 public:
  explicit Cells(std::string_view line) noexcept : line_(line) { ends_[0] = 0; }  // NOLINT: see ends_
  [[nodiscard]] std::string_view line() const noexcept { return line_; }

  // Field `number` (1 to 47), unpadded; empty when the line has fewer.
  [[nodiscard]] std::string_view get(std::size_t number) noexcept {
    while (known_ < number && !done_) advance();
    if (number > known_) return {};
    const std::size_t begin = ends_[number - 1] + (number > 1 ? 1U : 0U);
    return unpadded(line_.substr(begin, ends_[number] - begin));
  }

 private:
  // Adds the ends of the fields in the next bytes, or the end of the line.
  void advance() noexcept {
#if defined(__SSE2__)
    constexpr std::size_t kStep = sizeof(__m128i);
    if (line_.size() - seen_ >= kStep) {
      __m128i block;
      std::memcpy(&block, line_.data() + seen_, sizeof block);
      auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(kSeparator))));
      for (; mask != 0; mask &= mask - 1) add(seen_ + static_cast<std::size_t>(__builtin_ctz(mask)));
      seen_ += kStep;
      return;
    }
#endif
    const auto end = line_.find(kSeparator, seen_);
    if (end == std::string_view::npos) {
      add(line_.size());
      done_ = true;
      return;
    }
    add(end);
    seen_ = end + 1;
  }
  void add(std::size_t end) noexcept {
    if (known_ == kFields) {
      done_ = true;
      return;
    }
    ends_[++known_] = static_cast<std::uint32_t>(end);
  }

  std::string_view line_;
  std::size_t seen_ = 0;
  std::size_t known_ = 0;  // fields of which the end is in ends_
  bool done_ = false;
  std::array<std::uint32_t, kFields + 1> ends_;  // known_ of them, behind the beginning of the line
};

}  // namespace ctys::inventory
