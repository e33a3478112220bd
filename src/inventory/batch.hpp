// Many keys against one view: each is answered with one line, in the order in which they come.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys stand one on a line, as parse_key reads them; blanks behind them do not count. Answers go out as soon
// as no further keys are waiting to be read, so two programs can talk through pipes; memory does not depend
// on the number of keys.
#pragma once

#include "inventory/addresses.hpp"
#include "inventory/key.hpp"
#include "inventory/lookup.hpp"
#include "inventory/source.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace ctys::inventory {

// Appends the answer to one key, without a newline: the records that hold it in the order of the view, none
// perhaps, as they stand in the file. Called by several threads at once, for different keys.
using Answer =
    std::function<void(const Key& key, std::span<const std::string_view> records, std::string& out)>;

struct BatchOptions {
  unsigned threads = 0;                  // 0: as many as there are processors
  Wanted wanted;                         // of each key
  const Addresses* addresses = nullptr;  // finds machines by addresses that no record states
};

struct BatchResult {
  std::uint64_t keys = 0;            // lines; an empty one is a key that no record holds
  std::uint64_t found = 0;           // keys that some record holds
  std::uint64_t cut = 0;             // keys that more records hold than were wanted: the first were answered
  std::uint64_t bad = 0;             // lines that are no keys: their answer is an empty line
  std::uint64_t first_bad_line = 0;  // the first of them, from 1
  std::string first_bad;             // and what is wrong with it
  bool written = true;               // false: the reader of the answers is gone, or the disk is full
  int reason = 0;                    // why they were not written, an errno
  std::vector<std::string> warnings;
};

// Reads keys from `in` to its end and writes answers to `out`. Errors: a file of the view cannot be read, or
// changed while it was.
[[nodiscard]] Result<BatchResult> answer_batch(std::span<const Source> view, int in, int out,
                                               const Answer& answer, const BatchOptions& options = {});

}  // namespace ctys::inventory
