// Entries of an index by the partition of their hash, while the file is read.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/index_format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ctys::inventory {

// Each partition is a chain of chunks. All chunks stand in a few large blocks: of millions of entries that
// saves most of the page faults, and the misses of the processor's table of pages. For one thread.
class EntryBins {
 public:
  void add(std::size_t partition, std::uint64_t entry) {
    auto& at = ends_[partition];
    if (reinterpret_cast<std::uintptr_t>(at) % kChunkBytes == 0) at = begin_chunk(at);
    *at++ = entry;
    ++count_;
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  // In no order that means anything.
  template <class Look>
  void each(std::size_t partition, const Look& look) const {
    for (const auto* end = ends_[partition]; end != nullptr; end = previous_end(end)) {
      const auto* const chunk = chunk_before(end);
      for (const auto* at = chunk + 1; at != end; ++at) look(*at);
    }
  }

 private:
  static constexpr std::size_t kChunkBytes = 4096;
  static constexpr std::size_t kChunk = kChunkBytes / sizeof(std::uint64_t);
  static constexpr std::size_t kHugePage = std::size_t{2} << 20U;
  static constexpr std::size_t kBlockBytes = 4 * kHugePage;
  struct Free {
    void operator()(void* block) const noexcept;
  };

  // The chunk that ends at or goes on behind `end`.
  static const std::uint64_t* chunk_before(const std::uint64_t* end) noexcept {
    const auto into = reinterpret_cast<std::uintptr_t>(end) % kChunkBytes / sizeof *end;
    return end - (into == 0 ? kChunk : into);
  }
  // The first word of a chunk says where the one before it ends.
  static const std::uint64_t* previous_end(const std::uint64_t* end) noexcept {
    return reinterpret_cast<const std::uint64_t*>(*chunk_before(end));  // NOLINT(performance-no-int-to-ptr)
  }
  std::uint64_t* begin_chunk(const std::uint64_t* before);

  std::array<std::uint64_t*, format::kPartitions> ends_{};
  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<void, Free>> blocks_;
  std::uint64_t* free_ = nullptr;  // in the last block
  std::size_t left_ = 0;           // chunks
};

}  // namespace ctys::inventory
