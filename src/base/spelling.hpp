// MAC addresses and UUIDs are written in several ways: what is asked for, also a part, is found in each.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ctys::spelling {

// One form for all spellings: a MAC address as 52:54:00:ab:cd:ef, a UUID as 32 digits. What is none comes out
// empty. The text is in `scratch`.
[[nodiscard]] std::string_view usual_mac(std::string_view text, std::string& scratch);
[[nodiscard]] std::string_view usual_uuid(std::string_view text, std::string& scratch);

// What stands in the usual form of an address of which `word` is a part; empty: it is a part of none.
struct Part {
  std::string mac;
  std::string uuid;
};
// At least three bytes of a MAC address (52:54:00, 52-54-00, 525400, 5254.00ab), two groups of a UUID
// (8f1d6c3e-2a54) or eight of its digits; a separator or a '*' may stand at either end. nullopt: none of
// them.
[[nodiscard]] std::optional<Part> part_of(std::string_view word);

// The pattern of a whole value, with '*' for any text, for the usual form.
[[nodiscard]] std::string mac_pattern(std::string_view pattern);
[[nodiscard]] std::string uuid_pattern(std::string_view pattern);

// How a word in which a colon stands is asked for when it looks like a part of an address; else empty.
[[nodiscard]] std::string column_hint(std::string_view word);

}  // namespace ctys::spelling
