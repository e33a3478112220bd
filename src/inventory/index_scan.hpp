// The builder's reading: finds the records of a piece of a file, and makes index entries of their keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/entry_bins.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

struct MarkedLine;

// What was found in one piece. Line numbers count from the first line that begins in the piece, which is 0.
struct PieceResult {
  std::uint64_t lines = 0;
  std::uint64_t records = 0;
  Faults faults;
};

// Goes through pieces of a file, one after the other; each thread has its own. A line belongs to the piece in
// which it begins.
class PieceScanner {
 public:
  static constexpr std::uint64_t kPiece = 1U << 20U;

  explicit PieceScanner(const Source& source);
  [[nodiscard]] Result<PieceResult> scan(std::uint64_t number);
  [[nodiscard]] const EntryBins& bins() const noexcept { return bins_; }

 private:
  struct Shape;
  [[nodiscard]] Result<void> load(std::uint64_t offset);
  [[nodiscard]] static Defect defect_of(const MarkedLine& line);
  void add_record(const char* begin, const Shape& shape, std::uint64_t offset);
  void add_machine(std::span<const std::string_view> keys, std::uint64_t offset);
  void add_hash(std::uint64_t hash, std::uint64_t offset);

  const Source* source_;
  std::vector<char> buffer_;
  std::size_t filled_ = 0;
  EntryBins bins_;
  std::string_view host_;  // of the record before
  Folding folding_;
};

}  // namespace ctys::inventory
