// Goes once through the files of a view and gives out the records a query asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/addresses.hpp"
#include "inventory/query.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

struct Selected {
  std::string_view line;     // without its end; lives until the next one is given out
  std::size_t source = 0;    // which file of the view
  std::uint64_t offset = 0;  // where in it
  std::uint64_t number = 0;  // in the view, from 1; 0 unless numbers were asked for
};
// False ends the scan. Called by whatever thread, but never twice at once.
using Visit = std::function<bool(const Selected&)>;

struct ScanOptions {
  bool numbers = false;                  // count the records, which costs a look at each line
  bool inverted = false;                 // the records that do not match
  const Addresses* addresses = nullptr;  // records are completed by these before they are looked at
  unsigned threads = 0;                  // 0: as many as a file is worth
};

// In the order of the view and its files. Returns a warning for each file that has lines which are no
// records; of a search for a text only those are seen that hold it.
[[nodiscard]] Result<std::vector<std::string>> scan(std::span<const Source> view, const Query& query,
                                                    const ScanOptions& options, const Visit& visit);

// What to search for when few lines hold it: `sample` decides which of the texts that a query cannot do
// without is the rarest. Neither when it can do without any, or all are in many lines.
struct Rarest {
  const Finder* text = nullptr;
  const AnyFinder* texts = nullptr;  // one of these
};
[[nodiscard]] Rarest rarest_text(const Query& query, std::string_view sample);

}  // namespace ctys::inventory
