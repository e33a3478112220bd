// Lines of a text and what kinds of bytes they hold, found many bytes at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/line.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ctys::inventory {

// Of 64 bytes: bit n is that of byte n.
struct Marks {
  static constexpr std::size_t kBytes = 64;
  std::uint64_t newlines = 0;
  std::uint64_t separators = 0;
  std::uint64_t others = 0;  // neither printable ASCII nor an end of a line
  std::uint64_t count = 0;   // of separators: to add it up costs more where all processors must be able to
};

// Marks `count` times 64 bytes.
void mark(const char* text, Marks* marks, std::size_t count) noexcept;

struct MarkedLine {
  std::string_view text;  // without its newline
  std::size_t separators = 0;
  bool others = false;  // it holds bytes other than printable ASCII
  bool ended = true;    // by a newline; the last line may have none
};

// The lines of a text, which lives longer.
class MarkedLines {
 public:
  explicit MarkedLines(std::string_view text) noexcept : text_(text) {}  // NOLINT: marks_ is filled first

  // The next line; false: there is none. Its separators are told in groups of 64 bytes: see(PLACE, BITS),
  // where a bit stands for the byte so far behind PLACE, which counts from the beginning of the line and may
  // be negative.
  template <class See>
  [[nodiscard]] bool next(MarkedLine& line, const See& see) noexcept {
    line = {};
    std::uint64_t others = 0;
    for (;;) {
      if (at_ == filled_ && !fill()) return last(line, others != 0);
      auto& marks = marks_[at_];
      const auto place = static_cast<std::ptrdiff_t>(first_ + at_ * Marks::kBytes - begin_);
      if (marks.newlines != 0) {
        see(place, marks.separators & below_newline(marks));
        return cut(line, marks, others);
      }
      see(place, marks.separators);
      line.separators += marks.count;
      others |= marks.others;
      ++at_;
    }
  }
  [[nodiscard]] bool next(MarkedLine& line) noexcept {
    return next(line, [](std::ptrdiff_t, std::uint64_t) {});
  }

 private:
  static constexpr std::size_t kGroup = 64;  // marked together: they stay in the nearest cache

  [[nodiscard]] bool fill() noexcept;
  [[nodiscard]] static std::uint64_t below_newline(const Marks& marks) noexcept {
    return (marks.newlines & (~marks.newlines + 1)) - 1;
  }
  [[nodiscard]] bool cut(MarkedLine& line, Marks& marks, std::uint64_t others) noexcept {
    const auto place = static_cast<std::size_t>(std::countr_zero(marks.newlines));
    const auto below = below_newline(marks);
    const auto separators = static_cast<std::uint64_t>(std::popcount(marks.separators & below));
    line.separators += separators;
    line.others = (others | (marks.others & below)) != 0;
    const auto end = first_ + at_ * Marks::kBytes + place;
    line.text = text_.substr(begin_, end - begin_);
    begin_ = end + 1;
    marks.newlines &= marks.newlines - 1;
    marks.separators &= ~below;
    marks.others &= ~below;
    marks.count -= separators;
    return true;
  }
  [[nodiscard]] bool last(MarkedLine& line, bool others) noexcept {
    if (begin_ == text_.size()) return false;
    line.text = text_.substr(begin_);
    line.others = others;
    line.ended = false;
    begin_ = text_.size();
    return true;
  }

  std::string_view text_;
  std::size_t begin_ = 0;  // of the next line
  std::size_t first_ = 0;  // byte that the marks at hand begin with
  std::size_t next_ = 0;   // byte that is not marked yet
  std::size_t at_ = 0;     // in marks_
  std::size_t filled_ = 0;
  std::array<Marks, kGroup> marks_;
};

}  // namespace ctys::inventory
