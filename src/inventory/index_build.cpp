// Builds the index: one pass over the file, then page by page.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The threads share the pieces of the file and gather entries by partition, each into bins of its own; then
// they share the partitions and write the pages of each at the places where they belong.
#include "inventory/index.hpp"
#include "inventory/index_scan.hpp"
#include "inventory/store.hpp"
#include "inventory/threads.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kEntriesPerPage = 9;  // on average: two thirds, so that few pages overflow
constexpr std::uint64_t kFewPages = 16384;    // up to here one partition is enough
constexpr std::uint64_t kBytesPerThread = 4U << 20U;

std::uint64_t now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

unsigned useful_threads(std::uint64_t bytes) {
  return static_cast<unsigned>(std::min<std::uint64_t>(processors(), bytes / kBytesPerThread + 1));
}

bool write_at(int fd, std::uint64_t offset, const void* bytes, std::size_t size) {
  const auto* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t n = ::pwrite(fd, at, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

class Builder {
 public:
  Builder(const Source& source, unsigned threads) : source_(source), threads_(threads) {
    header_.stamp = source.stamp();
    header_.built = now();
  }
  [[nodiscard]] Result<void> read();
  [[nodiscard]] bool write(int fd);

 private:
  void write_partition(int fd, std::uint64_t partition);
  void fill(std::uint64_t partition, std::vector<format::Page>& pages,
            std::vector<std::pair<std::uint64_t, std::uint64_t>>& overflow) const;
  [[nodiscard]] bool write_overflow(int fd, std::vector<format::Page>& pages,
                                    std::vector<std::pair<std::uint64_t, std::uint64_t>>& overflow);
  void sum_up(const std::vector<PieceResult>& results);

  const Source& source_;
  unsigned threads_;
  format::Header header_;
  std::vector<PieceScanner> scanners_;
  std::atomic<std::uint64_t> overflow_pages_ = 0;
  std::atomic<bool> failed_ = false;
};

Result<void> Builder::read() {
  const auto pieces = source_.stamp().size / PieceScanner::kPiece + 1;
  std::vector<PieceResult> results(pieces);
  scanners_.reserve(threads_);
  for (unsigned i = 0; i < threads_; ++i) scanners_.emplace_back(source_);
  std::mutex guard;
  std::optional<Error> error;
  share_work(threads_, pieces, [&](unsigned thread, std::uint64_t piece) {
    auto result = scanners_[thread].scan(piece);
    if (result) {
      results[piece] = *result;
      return;
    }
    const std::lock_guard lock(guard);
    error = std::move(result).error();
  });
  if (error) return tl::unexpected<Error>(*std::move(error));
  sum_up(results);
  return {};
}

void Builder::sum_up(const std::vector<PieceResult>& results) {
  std::uint64_t lines = 0;
  Faults faults;
  for (const auto& result : results) {
    for (std::size_t i = 0; i < std::min<std::uint64_t>(result.faults.count, Faults::kRemembered); ++i) {
      const auto& one = result.faults.first[i];
      faults.add({one.offset, lines + one.line + 1, one.defect});
    }
    faults.count += result.faults.count - std::min<std::uint64_t>(result.faults.count, Faults::kRemembered);
    lines += result.lines;
    header_.records += result.records;
  }
  header_.faults = faults.count;
  for (std::size_t i = 0; i < Faults::kRemembered; ++i)
    header_.first_faults[i] = {faults.first[i].line, faults.first[i].offset,
                               static_cast<std::uint64_t>(faults.first[i].defect)};
  for (const auto& scanner : scanners_) header_.entries += scanner.bins().count();
  const auto pages = header_.entries / kEntriesPerPage + 1;
  header_.partitions = pages <= kFewPages ? 1 : format::kPartitions;
  header_.pages_per_partition = (pages + header_.partitions - 1) / header_.partitions;
}

bool Builder::write(int fd) {
  share_work(threads_, header_.partitions, [&](unsigned, std::uint64_t partition) {
    if (!failed_) write_partition(fd, partition);
  });
  if (failed_) return false;
  header_.overflow_pages = overflow_pages_;
  header_.checksum = format::checksum(header_);
  std::array<char, format::kFirstPage * format::kPage> page{};
  std::memcpy(page.data(), &header_, sizeof header_);
  return write_at(fd, 0, page.data(), page.size());
}

// Puts the entries of one partition into its pages, and those that find no room into `overflow`, with their
// page.
void Builder::fill(std::uint64_t partition, std::vector<format::Page>& pages,
                   std::vector<std::pair<std::uint64_t, std::uint64_t>>& overflow) const {
  const auto put = [&](std::uint64_t entry) {
    const auto number = format::page_in_partition(format::tag_in(entry), header_.pages_per_partition);
    auto& page = pages[number];
    if (page.head < format::kSlots)
      page.slots[page.head++] = entry;
    else
      overflow.emplace_back(number, entry);
  };
  const bool all = header_.partitions == 1;
  for (const auto& scanner : scanners_)
    for (std::size_t bin = all ? 0 : partition; bin < (all ? format::kPartitions : partition + 1); ++bin)
      scanner.bins().each(bin, put);
}

bool Builder::write_overflow(int fd, std::vector<format::Page>& pages,
                             std::vector<std::pair<std::uint64_t, std::uint64_t>>& overflow) {
  std::vector<format::Page> more;
  std::sort(overflow.begin(), overflow.end());
  for (auto at = overflow.begin(); at != overflow.end();) {
    auto& page = pages[at->first];
    const auto first = more.size();
    for (const auto number = at->first; at != overflow.end() && at->first == number; ++at) {
      if (more.size() == first || more.back().head == format::kSlots) more.emplace_back();
      more.back().slots[more.back().head++] = at->second;
    }
    if (more.size() - first > format::kMaxOverflow) return false;
    page.head |= (more.size() - first) << 8U | first << 32U;
  }
  const auto first = overflow_pages_.fetch_add(more.size());
  for (auto& page : pages)
    if (page.overflow_count() != 0) page.head += first << 32U;
  const auto number = format::first_overflow_page(header_) + first;
  for (std::size_t i = 0; i < more.size(); ++i)
    more[i].checksum = format::checksum(more[i], number + i, header_.built);
  return write_at(fd, number * format::kPage, more.data(), more.size() * format::kPage);
}

void Builder::write_partition(int fd, std::uint64_t partition) {
  std::vector<format::Page> pages(header_.pages_per_partition);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> overflow;
  fill(partition, pages, overflow);
  const auto first = format::kFirstPage + partition * header_.pages_per_partition;
  bool good = write_overflow(fd, pages, overflow);
  for (std::uint64_t i = 0; i < pages.size(); ++i)
    pages[i].checksum = format::checksum(pages[i], first + i, header_.built);
  good = good && write_at(fd, first * format::kPage, pages.data(), pages.size() * format::kPage);
  if (!good) failed_ = true;
}

Result<Lock> lock_in_cache(const fs::path& file) {
  const auto place = index_in_cache(file);
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  if (error) return fail(Exit::failed, "cannot make " + place.parent_path().string(), error.message());
  if (fs::is_symlink(fs::symlink_status(place, error)))
    return fail(Exit::failed, "cannot write " + place.string(), "it is a link");
  return Lock::take(place, kNoPatience);
}

// An index that is being written, and the lock of its place.
struct Place {
  Lock lock;
  Replacement replacement;
};
Result<Place> begin_at(Result<Lock> lock) {
  if (!lock) return tl::unexpected<Error>(std::move(lock).error());
  auto replacement = TRY(Replacement::begin(*lock));
  return Place{*std::move(lock), std::move(replacement)};
}

// Beside the file, or in the cache: the lock of another day is there in a folder that takes no file any more.
Result<Place> begin_index(const fs::path& file) {
  const auto beside = index_beside(file);
  std::error_code none;
  // A link is not ours, and where it leads somebody else's file would be replaced.
  if (fs::is_symlink(fs::symlink_status(beside, none))) return begin_at(lock_in_cache(file));
  auto place = begin_at(Lock::take(beside, kNoPatience));
  if (place || place.error().code == Exit::refused) return place;
  return begin_at(lock_in_cache(file));
}

// Who may read the file may read its index.
bool copy_mode(const Source& source, int index) {
  struct stat status {};
  return ::fstat(source.descriptor(), &status) == 0 && ::fchmod(index, (status.st_mode & 0666U) | 0600U) == 0;
}

}  // namespace

Result<Built> build_index(const Source& source, unsigned threads) {
  const auto& stamp = source.stamp();
  if (stamp.size < kWorthIndexing) return Built::too_small;
  if (stamp.size >= format::kMaxFile) return Built::nowhere;
  if (is_racy(stamp, now())) return Built::too_fresh;
  auto place = begin_index(source.path());
  if (!place) return place.error().code == Exit::refused ? Built::busy : Built::nowhere;
  auto& replacement = place->replacement;
  if (!copy_mode(source, replacement.descriptor())) return Built::nowhere;
  Builder builder(source, threads != 0 ? threads : useful_threads(stamp.size));
  TRY_VOID(builder.read());
  if (TRY(source.stamp_now()) != stamp) return Built::too_fresh;
  // It can be built again: what a loss of power leaves of it is found out by its checksums.
  if (!builder.write(replacement.descriptor()) || !replacement.commit(Replacement::Durable::no))
    return Built::nowhere;
  return Built::yes;
}

}  // namespace ctys::inventory
