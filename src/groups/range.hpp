// Names with number ranges: web[01-40] and what it stands for, in both directions.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   web[1-9,12]      web1 ... web9 web12
//   web[01-40]       web01 ... web40: as many digits as the ends have
//   rack[0-6/2]      every second one
//   dc[1-2]n[1-99]   several brackets: every combination, the last changes fastest
//
// A bracket with anything but digits, ',', '-' and '/' is no range: pm[vm1] is the address of a stack,
// [2001:db8::1]:22 a network address.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::groups {

inline constexpr std::size_t kMaxHosts = 100'000;  // that one word, and one call, may stand for

inline constexpr std::size_t kMaxDigits = 18;  // of a number in a range: it fits into 64 bits

enum class Brackets { none, ranges, stack };
[[nodiscard]] Brackets brackets_of(std::string_view name) noexcept;

// The names that one with ranges stands for. An error for a range that cannot be read, runs downwards, mixes
// widths, or stands for more than kMaxHosts names.
[[nodiscard]] Result<std::vector<std::string>> expand_ranges(std::string_view name);

// A number with zeros in front up to this width.
[[nodiscard]] std::string padded(std::uint64_t value, std::size_t width);

// The fewest words found that stand for the same names, each name once. Words come in the order of their
// first name, numbers in theirs. Expanding them gives back the names, sorted otherwise.
[[nodiscard]] std::vector<std::string> fold(std::span<const std::string> names);

}  // namespace ctys::groups
