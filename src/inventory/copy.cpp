// Copies records, looking at each byte once.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/copy.hpp"

#include "base/text.hpp"
#include "inventory/pieces.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace ctys::inventory {
namespace {

constexpr char kFirst = 0x20;  // of printable ASCII
constexpr char kLast = 0x7e;

struct Sum {
  std::size_t separators = 0;
  bool plain = true;
};

#if defined(__SSE2__)
// Sixteen bytes at a time; returns how many were looked at. A line of a record has less than 255 steps for
// each of its separators' columns, or is looked at by the other loop.
std::size_t add_blocks(std::string_view line, Sum& sum) noexcept {
  constexpr std::size_t kStep = sizeof(__m128i);
  constexpr std::size_t kMostSteps = 255;
  if (line.size() > kStep * kMostSteps) return 0;
  const auto first = _mm_set1_epi8(kFirst);
  const auto last = _mm_set1_epi8(kLast);
  const auto separator = _mm_set1_epi8(kSeparator);
  auto counts = _mm_setzero_si128();
  auto good = _mm_cmpeq_epi8(counts, counts);
  std::size_t at = 0;
  for (; at + kStep <= line.size(); at += kStep) {
    __m128i bytes;
    std::memcpy(&bytes, line.data() + at, sizeof bytes);
    counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(bytes, separator));
    const auto clamped = _mm_min_epu8(_mm_max_epu8(bytes, first), last);
    good = _mm_and_si128(good, _mm_cmpeq_epi8(clamped, bytes));
  }
  const auto sums = _mm_sad_epu8(counts, _mm_setzero_si128());
  sum.separators = static_cast<std::size_t>(_mm_cvtsi128_si64(sums)) +
                   static_cast<std::size_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums)));
  sum.plain = _mm_movemask_epi8(good) == 0xffff;
  return at;
}
#else
std::size_t add_blocks(std::string_view, Sum&) noexcept {
  return 0;
}
#endif

// What is to be copied of one piece of a file.
class Copier {
 public:
  explicit Copier(const Addresses& addresses) : addresses_(addresses.exist() ? &addresses : nullptr) {}

  void look(const Block& block, Faults& faults) {
    parts_.clear();
    auto rest = block.text;
    const char* begin = rest.data();  // of what is plain and not kept yet
    while (!rest.empty()) {
      const char* const line_begin = rest.data();
      const auto end = rest.find('\n');
      const auto raw = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (end != std::string_view::npos && is_plain_record(raw) && !is_completed(raw)) continue;
      keep(begin, line_begin);
      begin = rest.data();
      const auto line = without_return(raw);
      const auto defect = check(line);
      if (is_fault(defect))
        faults.add({block.offset + static_cast<std::uint64_t>(line_begin - block.text.data()), 0, defect});
      if (defect == Defect::none) parts_.push_back({line, false});
    }
    keep(begin, block.text.data() + block.text.size());
  }
  // False when nobody takes any more.
  [[nodiscard]] bool give(const TakeText& take) {
    return std::all_of(parts_.begin(), parts_.end(), [&](const Part& part) {
      const bool is_line = !part.plain && addresses_ != nullptr;
      return take(is_line ? addresses_->complete(part.text, longer_) : part.text, part.plain);
    });
  }

 private:
  struct Part {
    std::string_view text;
    bool plain = true;
  };
  void keep(const char* begin, const char* end) {
    if (begin != end) parts_.push_back({{begin, static_cast<std::size_t>(end - begin)}, true});
  }
  [[nodiscard]] bool is_completed(std::string_view line) {
    return addresses_ != nullptr && addresses_->complete(line, longer_).data() != line.data();
  }

  const Addresses* addresses_;  // nullptr: there are none
  std::string longer_;          // a completed record
  std::vector<Part> parts_;
};

}  // namespace

bool is_plain_record(std::string_view line) noexcept {
  if (line.empty() || line.size() > kMaxLine || line.front() == '#' || line.front() == ' ') return false;
  Sum sum;
  for (std::size_t at = add_blocks(line, sum); at < line.size(); ++at) {
    sum.separators += line[at] == kSeparator ? 1U : 0U;
    sum.plain &= line[at] >= kFirst && line[at] <= kLast;
  }
  return sum.separators + 1 == kFields && (sum.plain || text::is_printable(line));
}

Result<std::vector<std::string>> copy_records(std::span<const Source> view, const Addresses& addresses,
                                              const TakeText& take, unsigned threads) {
  std::vector<std::string> warnings;
  bool wanted = true;
  for (const auto& source : view) {
    const Pieces pieces(source, threads);
    std::vector<Copier> copiers(pieces.slots(), Copier(addresses));
    Faults faults;
    TRY_VOID(pieces.work(
        [&](std::size_t slot, const Block& block, Faults& found) { copiers[slot].look(block, found); },
        [&](std::size_t slot, const Faults& found) {
          faults.add(found);
          return wanted = copiers[slot].give(take);
        }));
    if (faults.count > 0) warnings.push_back(warning(source, faults));
    if (!wanted) break;
  }
  return warnings;
}

}  // namespace ctys::inventory
