// Memory for entries of an index.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/entry_bins.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace ctys::inventory {

void EntryBins::Free::operator()(void* block) const noexcept {
  std::free(block);  // NOLINT(*-no-malloc,*-owning-memory)
}

std::uint64_t* EntryBins::begin_chunk(const std::uint64_t* before) {
  if (left_ == 0) {
    blocks_.emplace_back(std::aligned_alloc(kHugePage, kBlockBytes));
    if (!blocks_.back()) throw std::bad_alloc();
    // Where the kernel has no huge pages to give, small ones do.
    (void)::madvise(blocks_.back().get(), kBlockBytes, MADV_HUGEPAGE);
    free_ = static_cast<std::uint64_t*>(blocks_.back().get());
    left_ = kBlockBytes / kChunkBytes;
  }
  auto* const chunk = free_;
  free_ += kChunk;
  --left_;
  *chunk = reinterpret_cast<std::uintptr_t>(before);
  return chunk + 1;
}

}  // namespace ctys::inventory
