// One file of a view, held ready for many look-ups: its bytes and its index in memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/index.hpp"
#include "inventory/key.hpp"
#include "inventory/mapping.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// How far the text of a record goes. Who looks at the first 42 fields alone, behind each of which every
// record has a separator, need not know where its line ends; finding that out takes as long as finding the
// record.
enum class Extent : bool {
  line,
  open  // it may go on behind the end of the line
};
struct Wanted {
  Extent extent = Extent::line;
  std::size_t most = 1024;  // records of one key; those behind are left out
};

// Looking up changes nothing, so one Lookup serves many threads.
class Lookup {
 public:
  Lookup(Lookup&&) noexcept;
  Lookup& operator=(Lookup&&) noexcept;
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup();

  // Uses the file's index, builds it when there is none, and makes do with a list of its own where that is
  // not possible.
  [[nodiscard]] static Result<Lookup> open(const Source& source);

  // The steps of a look-up are apart so that those of many keys can be done together: each begins the
  // reading of memory that the next one needs.
  void prefetch_page(std::uint64_t hash) const noexcept;
  void prefetch_overflow(std::uint64_t hash) const noexcept;  // of that page, which few have
  // Appends offsets of records that may hold a key of this hash.
  void candidates(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const;
  void prefetch_record(std::uint64_t offset, Extent extent) const noexcept;
  // Appends the records at or, for a host, from `offset` on that hold the key. `followed`: where the records
  // that were appended before end.
  void append_records(std::uint64_t offset, const Key& key, const Wanted& wanted, std::uint64_t& followed,
                      std::vector<std::string_view>& records) const;

  // An error when the file or its index changed meanwhile: then no answer counts.
  [[nodiscard]] Result<void> verify(const Source& source) const;
  [[nodiscard]] const Faults& faults() const noexcept { return faults_; }

 private:
  Lookup();
  [[nodiscard]] const format::Page* unchecked_page(std::uint64_t number) const noexcept;
  [[nodiscard]] const format::Page* page(std::uint64_t number) const noexcept;
  [[nodiscard]] bool from_index(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const;
  void from_list(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const;

  Mapping file_;
  std::optional<Index> index_;
  Mapping pages_;
  // What takes the place of an index: hashes and offsets, made when they are needed first.
  struct List;
  std::unique_ptr<List> list_;
  Faults faults_;
};

}  // namespace ctys::inventory
