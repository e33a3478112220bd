// A file of records that is open for reading: blocks of whole lines, records one by one, and what was wrong
// with others.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file is read in pieces, not mapped: it may be cut while it is read, and memory stays bounded whatever
// its size.
#pragma once

#include "base/file.hpp"
#include "inventory/line.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// What tells one state of a file from another one. Times are nanoseconds since 1970.
struct Stamp {
  std::uint64_t size = 0;
  std::uint64_t modified = 0;
  std::uint64_t changed = 0;  // ctime: also moves when mtime is set by hand
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  bool operator==(const Stamp&) const = default;
};

// The state of the file of this name; unset: there is none. Errors (2): it cannot be told.
[[nodiscard]] Result<std::optional<Stamp>> stamp_of(const std::filesystem::path& path);

// An open file; it is closed with its last user. Reading has no position, so one Source serves many readers.
class Source {
 public:
  // Errors have status 2: missing, unreadable, not a regular file.
  [[nodiscard]] static Result<Source> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] int descriptor() const noexcept { return fd_.get(); }
  [[nodiscard]] const Stamp& stamp() const noexcept { return stamp_; }  // when it was opened
  [[nodiscard]] Result<Stamp> stamp_now() const;
  // Reads at most `size` bytes at `offset` into `into`; fewer at the end of the file only.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) const;
  // The line that begins at `offset`; nullopt when it is no record, or none begins there.
  [[nodiscard]] Result<std::optional<std::string>> record_at(std::uint64_t offset) const;

 private:
  std::filesystem::path path_;
  Fd fd_;
  Stamp stamp_;
};

// The lines of one file that should be records and are not.
struct Faults {
  struct One {
    std::uint64_t offset = 0;
    std::uint64_t line = 0;  // its number from 1; 0 where lines were not counted
    Defect defect = Defect::none;
  };
  static constexpr std::size_t kRemembered = 3;
  std::uint64_t count = 0;
  std::array<One, kRemembered> first{};  // in the order of the file

  void add(const One& fault) noexcept;
  void add(const Faults& behind) noexcept;  // of a later part of the file
};
// "3 lines of db/enum.fdb are no records and were skipped: line 7 (not UTF-8), line 9 (too long), ..."; empty
// without faults.
[[nodiscard]] std::string warning(const Source& source, const Faults& faults);

// One record and where it stands. `text` lives until the reader is asked for more.
struct Line {
  std::string_view text;
  std::uint64_t offset = 0;  // of its first byte
  std::uint64_t number = 0;  // from 1, counting every line
};

// Whole lines as they stand in the file, without the mark in front of the first. Lines that are no records,
// carriage returns and faults are still in it; a line longer than a block is left out, and counted in the
// reader's faults.
struct Block {
  std::string_view text;  // the last line of a file may lack its newline
  std::uint64_t offset = 0;
};

// Reads a file from one end to the other. Either next_block or next is used, not both.
class Reader {
 public:
  // From `offset` on, which begins a line; lines are counted from there.
  explicit Reader(const Source& source, std::uint64_t offset = 0) : source_(&source), offset_(offset) {}
  // False at the end of the file, or when reading fails: see status.
  [[nodiscard]] bool next_block(Block& block);
  // The next line that is a record; others are passed over, and faults counted.
  [[nodiscard]] bool next(Line& line);
  [[nodiscard]] const Faults& faults() const noexcept { return faults_; }
  [[nodiscard]] Result<void> status() const;

 private:
  [[nodiscard]] bool fill();
  [[nodiscard]] bool whole_lines(Block& block);

  const Source* source_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;      // bytes of the buffer that were given out
  std::size_t filled_ = 0;    // bytes of the buffer that were read
  std::uint64_t offset_ = 0;  // in the file, of the buffer's first byte
  bool at_end_ = false;
  bool by_lines_ = false;  // next is used, so that lines are counted
  bool skipping_ = false;  // within a line that is longer than the buffer
  Block block_;            // what next goes through
  std::uint64_t number_ = 0;
  Faults faults_;
  std::optional<Error> error_;
};

// Cuts the first line off `text`, newline included; what is returned has neither newline nor carriage return.
[[nodiscard]] std::string_view cut_line(std::string_view& text) noexcept;

}  // namespace ctys::inventory
