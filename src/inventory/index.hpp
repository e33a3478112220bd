// The index of a database file: where the records that hold a key may be.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// It is derived from the file and believed only while it certainly belongs to the file's present content;
// otherwise it is as if it were not there. It tells where to look; the answer is in the records. See
// index_format.hpp for its bytes.
#pragma once

#include "inventory/index_format.hpp"
#include "inventory/key.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace ctys::inventory {

// Files below this size have no index: reading them is as fast.
inline constexpr std::uint64_t kWorthIndexing = 65536;

// Where the index of a file may be, in the order in which it is looked for and written: beside the file, and
// in the cache directory for databases in directories that cannot be written to.
[[nodiscard]] std::filesystem::path index_beside(const std::filesystem::path& file);
[[nodiscard]] std::filesystem::path index_in_cache(const std::filesystem::path& file);

class Index {
 public:
  // The index of the file as it was when `source` was opened; nullopt when there is none that can be
  // believed.
  [[nodiscard]] static std::optional<Index> open(const Source& source);

  // Offsets of all records that may hold `key`, ascending; nullopt when the index proves to be damaged.
  [[nodiscard]] std::optional<std::vector<std::uint64_t>> candidates(const Key& key) const;
  [[nodiscard]] std::uint64_t records() const noexcept { return header_.records; }
  [[nodiscard]] Faults faults() const noexcept;

  [[nodiscard]] const format::Header& header() const noexcept { return header_; }
  [[nodiscard]] int descriptor() const noexcept { return fd_.get(); }
  // Number of the main page of a hash; the header is page 0.
  [[nodiscard]] std::uint64_t page_of(std::uint64_t hash) const noexcept;
  [[nodiscard]] std::uint64_t first_overflow_page() const noexcept;

 private:
  [[nodiscard]] static std::optional<Index> open_at(const std::filesystem::path& path, const Source& source);
  [[nodiscard]] bool read_page(std::uint64_t number, format::Page& page) const;

  Fd fd_;
  format::Header header_;
};

// True when a file that looks like `stamp` may still change without looking different from an index that was
// begun at `when`: times of files move in ticks, on some file systems of two seconds.
[[nodiscard]] bool is_racy(const Stamp& stamp, std::uint64_t when) noexcept;

enum class Built {
  yes,
  too_small,  // not worth it
  too_fresh,  // the file changed within the clock's last tick: it could change again unseen
  busy,       // another process is building it
  nowhere,    // neither place can be written to
};
// Reads the file and writes its index, with as many threads as there are processors where that pays. Errors
// are those of reading the file; whatever else is in the way is in the result.
[[nodiscard]] Result<Built> build_index(const Source& source, unsigned threads = 0);

}  // namespace ctys::inventory
