// Makes the line of enum.fdb from a record: what becomes of texts that cannot stand in it, and when it was
// seen.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// There is no quoting in the file (line.hpp), and files of the original stay as they are, so what would break
// a line is replaced for good: ';' by ',', every control character, line ends and NUL among them, by a blank,
// bytes that are not UTF-8 by U+FFFD, a '#' at the beginning of field 1 by '_'. A field keeps its first 4096
// bytes, and 1024 where the line would be longer than kMaxLine otherwise.
//
// Field 32, which the original reserves and never reads, holds the time at which the machine was last seen by
// a scan: UTC as YYYY-MM-DDTHH:MM:SSZ, or nothing where that is not known. Its name in queries and output is
// `seen`.
#pragma once

#include "inventory/line.hpp"
#include "model/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::inventory {

inline constexpr std::size_t kSeenField = 32;

[[nodiscard]] std::string field_text(std::string_view value, std::size_t most = 4096);
// What a field says that was written from `value`: the two are compared in this form, since a hypervisor
// knows nothing of what is replaced.
[[nodiscard]] std::string recorded_text(std::string_view value);
[[nodiscard]] bool recorded_alike(std::string_view a, std::string_view b);
// Fields 1 to 47 of `record`, unpadded, with `seen` as field 32; without a newline. check() always calls it a
// record.
[[nodiscard]] std::string line_of(const model::Record& record, std::string_view seen);
// The line of these fields, as they are.
[[nodiscard]] std::string joined(const Fields& fields);
// The same line with another field 32, and with 47 fields.
[[nodiscard]] std::string with_seen(std::string_view line, std::string_view seen);
// The fields of a line; field 32 as Field::seen.
[[nodiscard]] model::Record record_of(std::string_view line);

// Seconds since 1970 as they stand in field 32, and back; nullopt: something else stands there.
[[nodiscard]] std::string seen_text(std::int64_t seconds);
[[nodiscard]] std::optional<std::int64_t> seen_time(std::string_view text);
// "just now", "5 min", "3 h", "12 days", "2 years": how long ago; "unknown" for what is no time.
[[nodiscard]] std::string age_text(std::string_view seen, std::int64_t now);

}  // namespace ctys::inventory
