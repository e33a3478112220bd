// A file of records in pieces: several threads look at them, and what they find comes out in the file's
// order.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace ctys::inventory {

// Looks at the lines that begin in one piece, as they stand in the file. Called by several threads at once,
// but for different slots; what is in `block` lives until the slot's `give` has returned.
using LookAtPiece = std::function<void(std::size_t slot, const Block& block, Faults& faults)>;
// Hands out what was found in a slot. Called for one piece after the other, by whatever thread, never by two
// at once. False ends the work.
using GivePiece = std::function<bool(std::size_t slot, const Faults& faults)>;

class Pieces {
 public:
  // `threads` 0: as many as the size of the file is worth and processors are idle.
  explicit Pieces(const Source& source, unsigned threads = 0);
  // How many slots there are; each may be in use.
  [[nodiscard]] std::size_t slots() const noexcept { return slots_; }
  // Errors: the file cannot be read. What was given out before that counts.
  [[nodiscard]] Result<void> work(const LookAtPiece& look, const GivePiece& give) const;

 private:
  const Source* source_;
  unsigned threads_;
  std::size_t slots_;
};

}  // namespace ctys::inventory
