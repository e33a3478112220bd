// Brings what a scan found into an inventory: by the identity of machines, never by the text of lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/source.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// One record of a scan, made by line_of.
struct Scanned {
  std::string line;
  bool wanted =
      true;  // recorded when it is new; one that is in the file already is brought up to date in any case
};

// append: nothing is taken away, neither records nor what a field says: see completed. replace: records are
// as the scan tells them, and what was reached by it and not found any more goes.
enum class MergeMode : std::uint8_t { append, replace };

struct Scan {
  std::vector<Scanned> records;
  std::string seen;  // for field 32 of what was found
  MergeMode mode = MergeMode::append;
  // Would the scan have found this record, were its machine still there? Never asked about what was found.
  std::function<bool(std::string_view line)> reached;
};

struct RecordChange {
  // kept: it stays although the scan did not find it. The age of such a record is in its field 32.
  enum class Kind : std::uint8_t { added, changed, gone, kept };
  Kind kind{};
  std::string before;
  std::string after;
};

// What is to be done with a file.
struct Edit {
  std::uint64_t offset = 0;         // of a record's line
  std::size_t length = 0;           // without the line's end
  std::optional<std::string> text;  // unset: the line goes, with its end
};
struct Merge {
  std::vector<Edit> edits;            // in the order of the file
  std::vector<std::string> appended;  // new records, sorted
  std::vector<RecordChange> changes;
  std::size_t same = 0;    // found, and nothing new about it but that it was seen
  std::size_t others = 0;  // records of other hosts and types, which this scan is not about: part of kept
  Faults faults;           // lines of the file that are no records: they stay as they are
  [[nodiscard]] std::size_t count(RecordChange::Kind kind) const noexcept;
};

// Two records are of one machine when host, type and UUID agree, or the path of its file where there is no
// UUID; how the connection it was found through is spelled does not count, but a user's session has machines
// of its own. When something is appended, a record that has neither is of the machine of its label, where
// that is one, no other record has that label, and no MAC or network address is another one; or where the MAC
// address is the same. Then interfaces are told apart by MAC address, name and network address.
// `hosts_records`: field 1 of the records this scan is about; all others are left alone. Memory is used for
// these only.
[[nodiscard]] Result<Merge> plan_merge(const Source* file, const Scan& scan, std::string_view host);
// The same for the scans of several hosts, in one pass.
struct ScanOf {
  const Scan* scan = nullptr;
  std::string_view host;
};
[[nodiscard]] Result<Merge> plan_merge(const Source* file, std::span<const ScanOf> scans);

// A record of a scan, with what `known`, the record of the same machine, says in fields about which the scan
// says nothing: a person entered it, or an earlier scan saw it.
[[nodiscard]] std::string completed(std::string_view scanned, std::string_view known);

// The file with its edits, in pieces: what stands between edited lines is copied byte by byte. `file` may be
// nullptr.
[[nodiscard]] Result<void> write_merge(const Source* file, const Merge& merge,
                                       const std::function<Result<void>(std::string_view)>& write);

// What differs, for people: "VRAM 512 -> 1024, TCP - -> 10.0.0.7". Field 32 does not count.
[[nodiscard]] std::string difference(std::string_view before, std::string_view after);

// Where libvirt keeps the configuration of a domain, or what a connection was opened with: such a path is the
// connection's, not a machine file that somebody made.
[[nodiscard]] bool is_libvirts_own(std::string_view path, std::string_view connection) noexcept;

// What a scan of this host has looked at, to tell whether it would have found a record.
struct Reach {
  struct Connection {
    std::string type;
    std::string uri;
  };
  std::string user;                     // who scanned: others' sessions were not seen
  std::vector<std::string> types;       // that answered without a failure
  std::vector<Connection> connections;  // that answered
  std::vector<std::string> bases;       // folders that were searched, absolute
  std::vector<std::string> unread;      // files and folders that could not be read
};
[[nodiscard]] bool reached(const Reach& reach, std::string_view line);

}  // namespace ctys::inventory
