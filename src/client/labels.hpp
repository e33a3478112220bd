// The labels of machines seen lately, for completion: a file, so that completing asks no hypervisor.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// $XDG_CACHE_HOME/ctys/labels: one label a line, sorted, at most kMostLabels. One that was seen under a
// LIBVIRT_DEFAULT_URI has a tab and that URI behind it: who looks through one connection says nothing about
// the machines of another. Replaced by rename; may be deleted at any time. What is read from it is checked as
// if anybody had written it.
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::client {

inline constexpr std::size_t kMostLabels = 10'000;
inline constexpr std::size_t kLongestLabel = 255;  // bytes

// Do `records` hold every machine that LIBVIRT_DEFAULT_URI lets be seen, or some of them? Labels from there
// that are not among all are forgotten.
enum class Seen { some, all };

// Labels that are empty, too long, or hold control characters are left out. The file is written only when it
// changes. An error is nothing that the user has to hear of: completion knows less then.
[[nodiscard]] Result<void> remember_labels(std::span<const model::Record> records, Seen seen);

// A machine of that label was looked for, and is not there any more where LIBVIRT_DEFAULT_URI leads.
[[nodiscard]] Result<void> forget_label(std::string_view label);

// Sorted; empty when there is no such file, or it is not one that ctys writes.
[[nodiscard]] std::vector<std::string> known_labels();

}  // namespace ctys::client
