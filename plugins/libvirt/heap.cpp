// Memory for many domains at once.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/heap.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>

namespace ctys::libvirt {

void prepare_heap() noexcept {
  constexpr std::size_t kStep = 64U << 20U;  // of addresses: memory comes with its first use
  constexpr std::uintptr_t kHugePage = 2U << 20U;
  constexpr std::size_t kHuge = 32U << 20U;
  constexpr std::size_t kPiece = 64U << 10U;  // still from the heap, not a mapping of its own
  // NOLINTBEGIN: before there are threads; the end of the heap is an address, and so malloc is made to move
  // it
  if (mallopt(M_TOP_PAD, kStep) == 0) return;
  const auto before = reinterpret_cast<std::uintptr_t>(sbrk(0));
  auto after = before;
  std::array<void*, 16> pieces{};
  for (auto& piece : pieces) {
    if (after != before) break;
    piece = std::malloc(kPiece);
    after = reinterpret_cast<std::uintptr_t>(sbrk(0));
  }
  for (auto* piece : pieces) std::free(piece);
  // No more than a thousand domains fill: the last huge page would be in memory as a whole for its first
  // byte.
  const auto begin = (before + kHugePage - 1) / kHugePage * kHugePage;
  if (after > begin + kHuge) (void)madvise(reinterpret_cast<void*>(begin), kHuge, MADV_HUGEPAGE);
  // NOLINTEND
}

}  // namespace ctys::libvirt
