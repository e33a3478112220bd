// The index file, byte by byte.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An index is an array of pages of 128 bytes, two lines of a processor's cache: a look-up waits for one of
// them. The header takes the place of the first ones, then come `partitions * pages_per_partition` main
// pages, then overflow pages. All numbers are in the byte order of the machine that wrote them; one of
// another order sees that in Header::order and does not believe the file.
//
// Every key of every record has one entry in the main page that its hash chooses, or in the overflow pages of
// that page. Every page has a checksum that depends on its number and on the time of the build, so that a
// damaged or misplaced page is noticed whatever is in it: a lost entry would be a wrong answer, since what is
// not found cannot be verified.
#pragma once

#include "inventory/key.hpp"
#include "inventory/source.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace ctys::inventory::format {

inline constexpr std::size_t kPage = 128;
inline constexpr std::size_t kFirstPage = 4;  // behind the header
inline constexpr std::array<char, 8> kMagic{'c', 't', 'y', 's', 'i', 'd', 'x', '\n'};
inline constexpr std::uint32_t kOrder = 0x01020304;
inline constexpr std::uint32_t kVersion = 6;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t order = kOrder;
  std::uint32_t version = kVersion;
  Stamp stamp;              // of the file when it was read
  std::uint64_t built = 0;  // nanoseconds since 1970, before anything was read
  std::uint64_t records = 0;
  std::uint64_t entries = 0;
  std::uint64_t partitions = 0;  // 1 or kPartitions
  std::uint64_t pages_per_partition = 0;
  std::uint64_t overflow_pages = 0;
  std::uint64_t faults = 0;
  struct Fault {
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    std::uint64_t defect = 0;
  };
  std::array<Fault, Faults::kRemembered> first_faults{};
  std::uint64_t checksum = 0;  // of all that stands before it
};
static_assert(sizeof(Header) == 16 + 5 * 8 + 7 * 8 + 9 * 8 + 8 && sizeof(Header) <= kFirstPage * kPage);

[[nodiscard]] constexpr std::uint64_t first_overflow_page(const Header& header) noexcept {
  return kFirstPage + header.partitions * header.pages_per_partition;
}
[[nodiscard]] constexpr std::uint64_t pages_of(const Header& header) noexcept {
  return first_overflow_page(header) + header.overflow_pages;
}

inline constexpr std::size_t kSlots = kPage / 8 - 2;

struct Page {
  std::uint64_t checksum = 0;  // of all that stands after it
  // Main pages: entries here | overflow pages << 8 | number of the first of them << 32. Overflow pages:
  // entries.
  std::uint64_t head = 0;
  std::array<std::uint64_t, kSlots> slots{};

  [[nodiscard]] std::size_t count() const noexcept { return head & 0xFFU; }
  [[nodiscard]] std::uint64_t overflow_count() const noexcept { return (head >> 8U) & 0xFFFFFFU; }
  [[nodiscard]] std::uint64_t overflow_first() const noexcept { return head >> 32U; }
};
static_assert(sizeof(Page) == kPage);
inline constexpr std::uint64_t kMaxOverflow = 0xFFFFFF;  // of one page

// An entry: 26 bits of the hash, 38 bits of the offset of the record's line.
inline constexpr unsigned kOffsetBits = 38;
inline constexpr std::uint64_t kMaxFile = 1ULL << kOffsetBits;
inline constexpr unsigned kPartitionBits = 8;
inline constexpr std::size_t kPartitions = 1U << kPartitionBits;

// Hash of a folded key. Machines and hosts have hashes of their own: a name of one kind is often one of the
// other.
[[nodiscard]] std::uint64_t hash(std::string_view folded, bool host) noexcept;
[[nodiscard]] constexpr std::size_t partition_of(std::uint64_t hash) noexcept {
  return hash >> (64U - kPartitionBits);
}
[[nodiscard]] constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept {
  return (hash >> (64U - kPartitionBits - (64U - kOffsetBits))) & ((1U << (64U - kOffsetBits)) - 1U);
}
[[nodiscard]] constexpr std::uint64_t entry(std::uint64_t hash, std::uint64_t offset) noexcept {
  return tag_of(hash) << kOffsetBits | offset;
}
[[nodiscard]] constexpr std::uint64_t tag_in(std::uint64_t entry) noexcept {
  return entry >> kOffsetBits;
}
[[nodiscard]] constexpr std::uint64_t offset_in(std::uint64_t entry) noexcept {
  return entry & (kMaxFile - 1);
}
// Which page of its partition a tag belongs to.
[[nodiscard]] constexpr std::uint64_t page_in_partition(std::uint64_t tag, std::uint64_t pages) noexcept {
  return (tag * pages) >> (64U - kOffsetBits);
}

[[nodiscard]] std::uint64_t checksum(const Header& header) noexcept;
[[nodiscard]] std::uint64_t checksum(const Page& page, std::uint64_t number, std::uint64_t built) noexcept;

}  // namespace ctys::inventory::format
