// Finds records and their keys, many bytes at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/index_scan.hpp"

#include "inventory/marks.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ctys::inventory {
namespace {

constexpr std::size_t kLongest = kMaxLine + 2;  // with its line's end
constexpr std::size_t kOverlap = 4096;          // read at once when a line goes on behind its piece
constexpr std::size_t kKeyFields = 28;          // the last field that is a key

}  // namespace

// Where the fields of a line end.
struct PieceScanner::Shape {
  std::array<std::uint32_t, kKeyFields> ends;
  std::size_t separators = 0;

  // Of 64 bytes at a time.
  void add(std::ptrdiff_t place, std::uint64_t bits) noexcept {
    for (; bits != 0 && separators < ends.size(); bits &= bits - 1)
      ends[separators++] = static_cast<std::uint32_t>(place + std::countr_zero(bits));
  }
};

// A name is a part of a path: no key stands in more than two of the folded texts.
PieceScanner::PieceScanner(const Source& source)
    : source_(&source), buffer_(1 + kPiece + kLongest), folding_(2 * kMaxLine, kKinds) {}

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
  return {};
}

// What most lines are is seen by their marks.
Defect PieceScanner::defect_of(const MarkedLine& line) {
  const auto text = line.text;
  const bool plain = !line.others && !begins_oddly(text);
  const bool counts = line.separators + 1 == kFields || line.separators + 1 == kFieldsBefore;
  return plain && counts && text.size() <= kMaxLine ? Defect::none : check(without_return(text));
}

Result<PieceResult> PieceScanner::scan(std::uint64_t number) {
  const auto offset = number * kPiece;
  TRY_VOID(load(offset));
  PieceResult result;
  host_ = {};
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
  if (at >= stop) return result;
  MarkedLines lines({at, static_cast<std::size_t>(end - at)});
  MarkedLine line;
  Shape shape;
  const auto see = [&](std::ptrdiff_t place, std::uint64_t bits) { shape.add(place, bits); };
  for (; at < stop && lines.next(line, see); shape.separators = 0, ++result.lines) {
    at = line.text.data() + line.text.size() + 1;
    const auto place = first + static_cast<std::uint64_t>(line.text.data() - buffer_.data());
    const auto defect = defect_of(line);
    if (defect == Defect::none) {
      ++result.records;
      add_record(line.text.data(), shape, place);
    } else if (is_fault(defect)) {
      result.faults.add({place, result.lines, defect});
    }
  }
  return result;
}

void PieceScanner::add_record(const char* begin, const Shape& shape, std::uint64_t offset) {
  const auto text = [&](std::size_t number) -> std::string_view {
    const std::size_t start = number == 1 ? 0 : shape.ends[number - 2] + 1;
    return unpadded({begin + start, shape.ends[number - 1] - start});
  };
  // All keys are folded before the first of them is hashed: see fold.cpp.
  std::array<std::string_view, kKinds> keys;
  std::size_t count = 0;
  folding_.clear();
  const auto label = text(3);
  const auto host = text(1);
  for (const auto& [kind, words, number] : kind_names()) {
    if (kind == Kind::host) continue;
    const auto value = kind == Kind::name ? name_in_path(text(number)) : text(number);
    if (!value.empty() && (kind == Kind::label || value != label)) keys[count++] = folding_.fold(value);
  }
  // Many records of one host follow each other: its first one stands for all.
  const bool is_new_host = host != host_ && !host.empty();
  const auto folded_host = is_new_host ? folding_.fold(host) : std::string_view();
  host_ = host;
  add_machine({keys.data(), count}, offset);
  if (is_new_host) add_hash(format::hash(folded_host, true), offset);
}

void PieceScanner::add_machine(std::span<const std::string_view> keys, std::uint64_t offset) {
  std::array<std::uint64_t, kKinds> hashes;  // NOLINT(*-member-init): as many as there are keys
  std::size_t count = 0;
  for (const auto& key : keys) {
    const auto hash = format::hash(key, false);
    if (std::find(hashes.begin(), hashes.begin() + count, hash) != hashes.begin() + count) continue;
    hashes[count++] = hash;
    add_hash(hash, offset);
  }
}

void PieceScanner::add_hash(std::uint64_t hash, std::uint64_t offset) {
  bins_.add(format::partition_of(hash), format::entry(hash, offset));
}

}  // namespace ctys::inventory
