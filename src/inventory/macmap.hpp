// macmap.fdb: which MAC address belongs to which name and which network address.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One row a line, NAME;MAC;IP, the MAC in upper case with colons where we write it. NAME and IP may be empty.
// Comments (#), blank lines, lines that are no rows, and rows that do not change stay in the file as they
// are.
#pragma once

#include "base/result.hpp"
#include "inventory/leases.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

inline constexpr std::size_t kMaxMacmap = std::size_t{256} << 20;  // bytes of one file

struct MacRow {
  std::string name;
  std::string mac;
  std::string ip;
  std::size_t line = 0;  // in the file it was read from, from 1; 0: in none
  bool operator==(const MacRow& other) const noexcept {
    return name == other.name && mac == other.mac && ip == other.ip;
  }
};

struct Macmap {
  std::vector<MacRow> rows;      // each once, in the order of the file
  std::size_t broken = 0;        // lines that are no rows, and neither comments nor blank
  std::size_t first_broken = 0;  // the first of them, from 1
};

// Rows may spell their MAC as machine_mac reads it. Never fails: what is no row is passed over.
[[nodiscard]] Macmap parse_macmap(std::string_view text);
// One line, without its end.
[[nodiscard]] std::optional<MacRow> parse_macmap_row(std::string_view line);
// The file `old`, of which `macmap` was parsed, with the rows as they are now; empty: a new file. Lines that
// need not change stay to the byte. Rows in another order than that of the file take the places of its rows,
// one after the other.
[[nodiscard]] std::string to_text(const Macmap& macmap, std::string_view old = {});
// NAME;MAC;IP without the line's end.
[[nodiscard]] std::string to_text(const MacRow& row);

enum class MacColumn : std::uint8_t { name, mac, ip };
// By one column, addresses by their number; rows that are equal in it keep their order.
void sort_by(std::vector<MacRow>& rows, MacColumn column);

// What a merge did with one row. `before` is empty for a new row, `after` for one that is gone.
struct MacChange {
  enum class Kind : std::uint8_t { added, changed, gone };
  Kind kind{};
  MacRow before;
  MacRow after;
};
struct MacMerge {
  std::vector<MacChange> changes;
  std::size_t same = 0;         // rows that the sources say, too
  std::size_t kept = 0;         // rows of which the sources say nothing
  std::size_t without_mac = 0;  // names and addresses of the sources whose MAC address nobody knows
};
enum class MacMode : std::uint8_t { append, replace };

// Puts what sources say into the map. Entries complete each other by name: ethers with hosts. A MAC address
// whose known addresses are not among those that the sources tell gets the new one; an address that moved to
// another MAC address is taken from the old one. A name that is known stays where the sources have none.
// `replace`: rows of which the sources say nothing are dropped.
[[nodiscard]] MacMerge merge_leases(Macmap& macmap, std::span<const Lease> leases, MacMode mode);

// What a person should know of lines that were passed over; empty when there are none.
[[nodiscard]] std::string warning(const Macmap& macmap, const std::filesystem::path& file);

// The maps of several directories as one, in their order. Errors: a directory is missing (status 7), none of
// them has a macmap.fdb (10), a file cannot be read.
struct MacView {
  Macmap macmap;
  std::vector<std::string> warnings;
};
[[nodiscard]] Result<MacView> read_macmaps(std::span<const std::filesystem::path> directories);

}  // namespace ctys::inventory
