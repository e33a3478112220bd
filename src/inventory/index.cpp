// Reads index files. Nothing in them is believed before it was checked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/index.hpp"

#include "base/paths.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

bool read_exactly(int fd, std::uint64_t offset, void* into, std::size_t size) {
  auto* at = static_cast<char*>(into);
  while (size > 0) {
    const ssize_t n = ::pread(fd, at, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

// Whether the numbers of a header agree with each other and with the size of their file.
bool is_sound(const format::Header& header, std::uint64_t size) {
  constexpr std::uint64_t kMost = 1ULL << 40U;
  if (header.magic != format::kMagic || header.order != format::kOrder || header.version != format::kVersion)
    return false;
  if (header.checksum != format::checksum(header)) return false;
  if (header.partitions != 1 && header.partitions != format::kPartitions) return false;
  if (header.pages_per_partition == 0 || header.pages_per_partition > kMost) return false;
  if (header.overflow_pages > kMost) return false;
  return size == format::pages_of(header) * format::kPage;
}

}  // namespace

fs::path index_beside(const fs::path& file) {
  auto path = file;
  path += ".index";
  return path;
}

fs::path index_in_cache(const fs::path& file) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::error_code error;
  auto full = fs::weakly_canonical(file, error);
  if (error) full = file;
  const auto hash = format::hash(full.native(), false);
  std::string name;
  for (unsigned shift = 64; shift > 0; shift -= 4) name += kDigits[(hash >> (shift - 4)) & 0xFU];
  return paths::cache_home() / "index" / (name + ".index");
}

bool is_racy(const Stamp& stamp, std::uint64_t when) noexcept {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kTick = 20'000'000;  // twice the longest of Linux
  // Whole seconds are times of a file system that has no others; the coarsest has even ones.
  const auto granularity = stamp.modified % kSecond == 0 ? 2 * kSecond : kTick;
  return std::max(stamp.modified, stamp.changed) + granularity > when;
}

std::optional<Index> Index::open_at(const fs::path& path, const Source& source) {
  Index index;
  index.fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!index.fd_) return std::nullopt;
  struct stat status {};
  struct stat file {};
  if (::fstat(index.fd_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (!read_exactly(index.fd_.get(), 0, &index.header_, sizeof index.header_)) return std::nullopt;
  if (index.header_.stamp != source.stamp() || is_racy(source.stamp(), index.header_.built))
    return std::nullopt;
  if (!is_sound(index.header_, static_cast<std::uint64_t>(status.st_size))) return std::nullopt;
  // An index that somebody else could have put there says nothing.
  if (status.st_uid == ::geteuid() || status.st_uid == 0) return index;
  if (::fstat(source.descriptor(), &file) != 0 || status.st_uid != file.st_uid) return std::nullopt;
  return index;
}

std::optional<Index> Index::open(const Source& source) {
  if (source.stamp().size < kWorthIndexing) return std::nullopt;
  auto index = open_at(index_beside(source.path()), source);
  if (!index) index = open_at(index_in_cache(source.path()), source);
  return index;
}

Faults Index::faults() const noexcept {
  Faults faults;
  for (std::size_t i = 0; i < std::min<std::uint64_t>(header_.faults, Faults::kRemembered); ++i) {
    const auto& fault = header_.first_faults[i];
    const auto known = std::min<std::uint64_t>(fault.defect, static_cast<std::uint64_t>(Defect::too_long));
    faults.add({fault.offset, fault.line, static_cast<Defect>(known)});
  }
  faults.count = header_.faults;
  return faults;
}

std::uint64_t Index::page_of(std::uint64_t hash) const noexcept {
  const auto partition = header_.partitions == 1 ? 0 : format::partition_of(hash);
  return format::kFirstPage + partition * header_.pages_per_partition +
         format::page_in_partition(format::tag_of(hash), header_.pages_per_partition);
}

std::uint64_t Index::first_overflow_page() const noexcept {
  return format::first_overflow_page(header_);
}

bool Index::read_page(std::uint64_t number, format::Page& page) const {
  return read_exactly(fd_.get(), number * format::kPage, &page, sizeof page) &&
         page.checksum == format::checksum(page, number, header_.built) && page.count() <= format::kSlots;
}

std::optional<std::vector<std::uint64_t>> Index::candidates(const Key& key) const {
  const auto hash = format::hash(key.folded, key.kinds == only(Kind::host));
  const auto tag = format::tag_of(hash);
  std::vector<std::uint64_t> offsets;
  format::Page page;
  const auto take = [&] {
    for (std::size_t i = 0; i < page.count(); ++i)
      if (format::tag_in(page.slots[i]) == tag) offsets.push_back(format::offset_in(page.slots[i]));
  };
  if (!read_page(page_of(hash), page)) return std::nullopt;
  take();
  const auto first = page.overflow_first();
  const auto more = page.overflow_count();
  if (first + more > header_.overflow_pages) return std::nullopt;
  for (std::uint64_t i = 0; i < more; ++i) {
    if (!read_page(first_overflow_page() + first + i, page)) return std::nullopt;
    take();
  }
  std::sort(offsets.begin(), offsets.end());
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

}  // namespace ctys::inventory
