// Which machine does an address mean, by what the inventory knows?
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/view.hpp"
#include "model/record.hpp"
#include "model/request.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

enum class Verdict {
  unknown,   // no record holds the keys
  one,       // exactly one machine of this host
  several,   // several machines of this host
  elsewhere  // machines of other hosts only
};

// What the inventory says about one address. It is evidence, not truth: the hypervisor has the last word.
struct Resolution {
  Verdict verdict = Verdict::unknown;
  model::Address address;               // as given, a bare word under the key that it was found by
  std::vector<model::Record> machines;  // those it can mean, each once, with the fields of its first record
  std::vector<std::string> macs;        // of their interfaces, in the records that hold the keys
  std::string conflict;                 // unknown: keys that are known, but not of one machine
  std::vector<std::string> warnings;    // of lines that are no records
};

// A record that says no type may be of any; upper and lower case are the same.
[[nodiscard]] bool may_be_of_type(const model::Record& record, std::string_view type);

// Records of physical machines are passed over, and those of other types than `types` (empty: all). Errors:
// the file cannot be read; DBRECORD beyond the last record (status 6).
[[nodiscard]] Result<Resolution> resolve(const Records& view, const model::Address& address,
                                         std::string_view host, std::span<const std::string> types);

}  // namespace ctys::inventory
