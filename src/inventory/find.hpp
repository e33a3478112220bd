// Look-up of machines by an exact key.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/addresses.hpp"
#include "inventory/key.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ctys::inventory {

struct Match {
  std::string line;          // the record, without its line's end
  std::size_t source = 0;    // which file of the view
  std::uint64_t offset = 0;  // where in it
  Kinds kinds = 0;           // what the key is to it
};

struct Found {
  std::vector<Match> matches;         // in the order of the view and of its files
  std::vector<std::string> warnings;  // one for each file with lines that are no records
};

// Every record that holds `key`. The answer comes from the records themselves: an index only says where to
// look.
[[nodiscard]] Result<Found> find(std::span<const Source> view, const Key& key);
// The same without an index, by reading everything.
[[nodiscard]] Result<Found> find_by_scan(std::span<const Source> view, const Key& key);

enum class By : std::uint8_t { index, scan };
// The same with records that are completed. An address that no record states finds the records that get it.
[[nodiscard]] Result<Found> find_completed(std::span<const Source> view, const Key& key,
                                           const Addresses& addresses, By by = By::index);

}  // namespace ctys::inventory
