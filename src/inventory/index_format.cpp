// Hashes and checksums of the index. The only file that includes xxHash, whose XXH3 is fixed since its
// release 0.8.
// SPDX-License-Identifier: GPL-3.0-or-later
#define XXH_INLINE_ALL
#include "inventory/index_format.hpp"

#include <cstddef>
#include <xxhash.h>

namespace ctys::inventory::format {

std::uint64_t hash(std::string_view folded, bool host) noexcept {
  return XXH3_64bits_withSeed(folded.data(), folded.size(), host ? 1 : 0);
}

std::uint64_t checksum(const Header& header) noexcept {
  return XXH3_64bits(&header, offsetof(Header, checksum));
}

std::uint64_t checksum(const Page& page, std::uint64_t number, std::uint64_t built) noexcept {
  return XXH3_64bits_withSeed(&page.head, sizeof page - sizeof page.checksum, built ^ (number << 1U | 1U));
}

}  // namespace ctys::inventory::format
