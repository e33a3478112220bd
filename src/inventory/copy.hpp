// All records of a view as they stand in its files, many at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/addresses.hpp"
#include "inventory/source.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// `plain`: whole lines with their ends, records of 47 fields that are shown as they are.
// Otherwise one record without its end. False ends the copy.
using TakeText = std::function<bool(std::string_view text, bool plain)>;

// In the order of the view, completed by what addresses there are; returns a warning for each file that has
// lines which are no records. `take` is called by whatever thread, but never twice at once. `threads` 0: as
// many as a file is worth.
[[nodiscard]] Result<std::vector<std::string>> copy_records(std::span<const Source> view,
                                                            const Addresses& addresses, const TakeText& take,
                                                            unsigned threads = 0);

}  // namespace ctys::inventory
