// Finds records and their keys, many bytes at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/index_scan.hpp"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ctys::inventory {
namespace {

constexpr std::size_t kStep = 16;               // bytes that are looked at together
constexpr std::size_t kLongest = kMaxLine + 2;  // with its line's end
constexpr std::size_t kOverlap = 4096;          // read at once when a line goes on behind its piece
constexpr std::size_t kKeyFields = 28;          // the last field that is a key
constexpr std::size_t kBytesPerRecord = 400;    // to reserve about the memory that will be needed

}  // namespace

// Where the fields of a line end.
struct PieceScanner::Shape {
  std::array<std::uint32_t, kKeyFields> ends{};
  std::size_t separators = 0;
  std::size_t length = 0;  // without the line's end
  bool has_high = false;
  bool has_nul = false;

  void separator(std::size_t at) noexcept {
    if (separators < ends.size()) ends[separators] = static_cast<std::uint32_t>(at);
    ++separators;
  }
};

PieceScanner::PieceScanner(const Source& source) : source_(&source), buffer_(1 + kPiece + kLongest + kStep) {
  const auto records = source.stamp().size / kBytesPerRecord / 2;
  for (auto& bin : bins_) bin.reserve(records * kKinds / format::kPartitions);
}

// Reads one piece, and on to the end of its last line.
Result<void> PieceScanner::load(std::uint64_t offset) {
  const std::size_t before = offset > 0 ? 1 : 0;
  const std::size_t piece = before + kPiece;
  const std::size_t most = piece + kLongest;
  filled_ = TRY(source_->read_at(offset - before, buffer_.data(), piece));
  while (filled_ >= piece && filled_ < most &&
         std::memchr(buffer_.data() + piece - 1, '\n', filled_ - piece + 1) == nullptr) {
    const auto size = std::min(kOverlap, most - filled_);
    const auto got = TRY(source_->read_at(offset - before + filled_, buffer_.data() + filled_, size));
    filled_ += got;
    if (got < size) break;
  }
  std::memset(buffer_.data() + filled_, 0, kStep);
  return {};
}

// Fills `shape` with the line that begins at `begin`; the bytes behind `end` may be read, but do not count.
Defect PieceScanner::shape_of(const char* begin, const char* end, Shape& shape) const {
  const auto size = static_cast<std::size_t>(end - begin);
  std::size_t at = 0;
  std::size_t stop = size;
#ifdef __SSE2__
  const auto separator = _mm_set1_epi8(kSeparator);
  const auto newline = _mm_set1_epi8('\n');
  unsigned high = 0;
  for (; at < size && stop == size; at += kStep) {
    __m128i bytes;
    std::memcpy(&bytes, begin + at, sizeof bytes);
    auto low = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, newline), bytes)));
    auto marks = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, separator)));
    unsigned seen = size - at < kStep ? (1U << (size - at)) - 1 : ~0U;  // bytes of this line
    for (; low != 0; low &= low - 1) {
      const auto place = at + static_cast<std::size_t>(__builtin_ctz(low));
      if (place >= size) break;
      shape.has_nul |= begin[place] == '\0';
      if (begin[place] != '\n') continue;
      stop = place;
      seen = (low & (0U - low)) - 1;
      break;
    }
    high |= static_cast<unsigned>(_mm_movemask_epi8(bytes)) & seen;
    for (marks &= seen; marks != 0; marks &= marks - 1)
      shape.separator(at + static_cast<std::size_t>(__builtin_ctz(marks)));
  }
  shape.has_high = high != 0;
#else
  for (; at < size && begin[at] != '\n'; ++at) {
    if (begin[at] == kSeparator) shape.separator(at);
    shape.has_high |= static_cast<unsigned char>(begin[at]) >= 0x80;
    shape.has_nul |= begin[at] == '\0';
  }
  stop = at;
#endif
  const auto line = without_return({begin, stop});
  shape.length = line.size();
  const bool plain = !line.empty() && line.front() != ' ' && line.front() != '\t' && line.front() != '#';
  const bool counts = shape.separators + 1 == kFields || shape.separators + 1 == kFieldsBefore;
  if (!plain || !counts || shape.has_nul || line.size() > kMaxLine) return check(line);
  return shape.has_high && !is_utf8(line) ? Defect::utf8 : Defect::none;
}

Result<PieceResult> PieceScanner::scan(std::uint64_t number) {
  const auto offset = number * kPiece;
  TRY_VOID(load(offset));
  PieceResult result;
  host_.clear();
  const char* const end = buffer_.data() + filled_;
  const char* at = buffer_.data();
  if (offset > 0) {  // the line before belongs to the piece before
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', filled_));
    at = newline == nullptr ? end : newline + 1;
  } else if (std::string_view(at, filled_).starts_with(kMark)) {
    at += kMark.size();
  }
  const auto first = offset > 0 ? offset - 1 : 0;  // in the file, of the buffer
  const char* const stop = std::min<const char*>(end, buffer_.data() + (offset > 0 ? 1 : 0) + kPiece);
  for (; at < stop; ++result.lines) {
    const auto place = first + static_cast<std::uint64_t>(at - buffer_.data());
    Shape shape;
    const auto defect = shape_of(at, end, shape);
    if (defect == Defect::none) {
      ++result.records;
      add_record(at, shape, place);
    } else if (is_fault(defect)) {
      result.faults.add({place, result.lines, defect});
    }
    at += shape.length;
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    at = newline == nullptr ? end : newline + 1;
  }
  return result;
}

void PieceScanner::add_record(const char* begin, const Shape& shape, std::uint64_t offset) {
  const auto text = [&](std::size_t number) -> std::string_view {
    const std::size_t start = number == 1 ? 0 : shape.ends[number - 2] + 1;
    return {begin + start, shape.ends[number - 1] - start};
  };
  seen_count_ = 0;
  const auto label = text(3);
  for (const auto& [kind, words, number] : kind_names()) {
    const auto value = kind == Kind::name ? name_in_path(text(number)) : text(number);
    if (kind == Kind::host)
      add_host(value, offset);
    else if (kind == Kind::label || value != label)
      add(value, offset);
  }
}

void PieceScanner::add(std::string_view text, std::uint64_t offset) {
  if (text.empty()) return;
  const auto hash = format::hash(fold(text, scratch_), false);
  if (std::find(seen_.begin(), seen_.begin() + seen_count_, hash) != seen_.begin() + seen_count_) return;
  seen_[seen_count_++] = hash;
  bins_[format::partition_of(hash)].push_back(format::entry(hash, offset));
}

void PieceScanner::add_host(std::string_view text, std::uint64_t offset) {
  if (text == host_) return;
  host_ = text;
  if (text.empty()) return;
  const auto hash = format::hash(fold(text, scratch_), true);
  bins_[format::partition_of(hash)].push_back(format::entry(hash, offset));
}

}  // namespace ctys::inventory
