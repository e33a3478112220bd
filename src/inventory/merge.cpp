// Brings what a scan found into an inventory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/merge.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/key.hpp"
#include "model/schema.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace ctys::inventory {
namespace {

constexpr std::size_t kHost = 1;
constexpr std::size_t kType = 2;
constexpr std::size_t kLabel = 3;
constexpr std::size_t kId = 4;
constexpr std::size_t kUuid = 5;
constexpr std::size_t kCategory = 18;
constexpr std::size_t kIfName = 33;
constexpr std::size_t kContext = 42;
constexpr std::size_t kUser = 44;

std::string folded(std::string_view text) {
  std::string scratch;
  return std::string(fold(text, scratch));
}

struct Known {
  std::uint64_t offset = 0;
  std::string line;
  std::size_t found = kNothing;  // which record of the scan it is
  static constexpr std::size_t kNothing = static_cast<std::size_t>(-1);
};

std::string machine_of(std::string_view type, std::string_view kind, std::string_view identity) {
  return text::upper(type) + '\n' + std::string(kind) + '\n' + std::string(identity);
}
// By UUID where there is one, else by path, else by label.
std::string identity_of(std::string_view line, std::string_view type) {
  const auto uuid = field(line, kUuid);
  if (!uuid.empty()) return machine_of(type, "uuid", folded(uuid));
  const auto id = field(line, kId);
  return id.empty() ? machine_of(type, "label", field(line, kLabel)) : machine_of(type, "id", id);
}

// Field 42 of records that others made may be anything: only two that are connections can differ.
bool both_uris(std::string_view one, std::string_view two) noexcept {
  const auto is_uri = [](std::string_view text) { return text.find(":/") != std::string_view::npos; };
  return is_uri(one) && is_uri(two);
}
bool same_connection(std::string_view a, std::string_view b) noexcept {
  const auto one = field(a, kContext);
  const auto two = field(b, kContext);
  return one == two || !both_uris(one, two);
}
// A user's session has machines of its own, whatever their UUIDs are copies of; else a connection can be
// spelled in many ways.
bool same_place(std::string_view a, std::string_view b) noexcept {
  const auto one = field(a, kContext);
  const auto two = field(b, kContext);
  if (!both_uris(one, two)) return true;
  const auto is_session = [](std::string_view uri) {
    return uri.substr(0, uri.find('?')).ends_with("/session");
  };
  if (!is_session(one) && !is_session(two)) return true;
  return is_session(one) && is_session(two) && field(a, kUser) == field(b, kUser);
}

// Who wrote a record by hand may have known no more of a machine than its label. What hosts keep of
// themselves is none.
bool is_by_label(std::string_view line) {
  const auto type = field(line, kType);
  return field(line, kUuid).empty() && field(line, kId).empty() && !field(line, kLabel).empty() &&
         !text::equal_ci(type, "PM") && !text::equal_ci(type, "VM") && field(line, kCategory) != "PMs";
}

// How sure it is that two records of one machine are of one interface.
enum class Likeness : std::uint8_t { machine, mac, all, equal };
Likeness likeness(std::string_view a, std::string_view b) {
  if (with_seen(a, {}) == with_seen(b, {})) return Likeness::equal;
  const auto same = [&](std::size_t number) { return field(a, number) == field(b, number); };
  const bool mac = folded(field(a, kMac)) == folded(field(b, kMac));
  if (mac && same(kIfName) && same(kTcp)) return Likeness::all;
  return mac && !field(a, kMac).empty() ? Likeness::mac : Likeness::machine;
}

class Matcher {
 public:
  Matcher(std::vector<Known>& known, const std::vector<Scanned>& scanned)
      : known_(known), scanned_(scanned), taken_(scanned.size(), false) {
    for (std::size_t at = 0; at < known.size(); ++at)
      machines_[identity_of(known[at].line, field(known[at].line, kType))].push_back(at);
  }
  // The surest first, so that a changed interface cannot take the place of one that is as it was. A
  // connection that is spelled otherwise now makes no other machine; where two connections have a machine of
  // one identity, each record stays with its own.
  const std::vector<bool>& match() {
    std::unordered_set<std::string_view> told;
    for (std::size_t at = 0; at < scanned_.size(); ++at) taken_[at] = !told.insert(scanned_[at].line).second;
    for (const auto type : {Type::own, Type::none})
      for (const auto through : {Through::same, Through::any})
        for (const auto least : {Likeness::equal, Likeness::all, Likeness::mac, Likeness::machine})
          for (std::size_t at = 0; at < scanned_.size(); ++at)
            if (!taken_[at]) take(at, least, through, type);
    return taken_;
  }
  // What has no identity is known by its label, where one machine and one record have that label, or by its
  // MAC address as well: what a scan says of that machine completes the record.
  void match_labels() {
    std::unordered_map<std::string_view, Namesakes> all;
    for (std::size_t at = 0; at < known_.size(); ++at)
      all[field(known_[at].line, kLabel)].records.push_back(at);
    std::unordered_set<std::string_view> told;
    for (std::size_t at = 0; at < scanned_.size(); ++at)
      if (const std::string_view line = scanned_[at].line; told.insert(line).second)
        all[field(line, kLabel)].scanned.push_back(at);
    for (const auto& [label, namesakes] : all)
      for (const auto number : namesakes.records)
        if (auto& record = known_[number]; record.found == Known::kNothing && is_by_label(record.line))
          if (const auto at = line_for(record.line, namesakes)) {
            record.found = *at;
            taken_[*at] = true;
          }
  }

 private:
  enum class Through : std::uint8_t { same, any };  // the connection

  enum class Type : std::uint8_t { own, none };  // a record that has none may be of any

  void take(std::size_t at, Likeness least, Through through, Type of) {
    const auto& line = scanned_[at].line;
    const auto type = of == Type::own ? field(line, kType) : std::string_view();
    if (take(at, least, through, identity_of(line, type))) return;
    // A record that was made without a UUID.
    if (!field(line, kUuid).empty()) (void)take(at, least, through, machine_of(type, "id", field(line, kId)));
  }
  bool take(std::size_t at, Likeness least, Through through, const std::string& identity) {
    const auto group = machines_.find(identity);
    if (group == machines_.end()) return false;
    for (const auto number : group->second) {
      auto& known = known_[number];
      const auto& line = scanned_[at].line;
      const bool fits =
          through == Through::any ? same_place(known.line, line) : same_connection(known.line, line);
      if (known.found != Known::kNothing || !fits || likeness(known.line, line) < least) continue;
      known.found = at;
      taken_[at] = true;
      return true;
    }
    return false;
  }

  struct Namesakes {
    std::vector<std::size_t> records;
    std::vector<std::size_t> scanned;
  };
  static bool may_be_of_type(std::string_view record, std::string_view type) {
    return field(record, kType).empty() || text::equal_ci(field(record, kType), type);
  }
  // The interfaces of the one machine that the record can be of; none where several can be meant.
  [[nodiscard]] std::vector<std::size_t> interfaces_for(std::string_view record,
                                                        const Namesakes& namesakes) const {
    std::vector<std::size_t> interfaces;
    for (const auto at : namesakes.scanned) {
      const std::string_view line = scanned_[at].line;
      if (!may_be_of_type(record, field(line, kType)) || !same_connection(record, line)) continue;
      const std::string_view first = interfaces.empty() ? line : scanned_[interfaces.front()].line;
      if (identity_of(first, field(first, kType)) != identity_of(line, field(line, kType)) ||
          !same_place(first, line))
        return {};
      interfaces.push_back(at);
    }
    return interfaces;
  }
  // What a machine says of a field of the record: the interface that has the same there, or that all have
  // something else.
  struct Says {
    std::optional<std::size_t> same;
    bool other = false;
  };
  [[nodiscard]] Says says_of(std::size_t number, std::string_view record,
                             std::span<const std::size_t> interfaces) const {
    Says says;
    const auto known = folded(field(record, number));
    if (known.empty()) return says;
    for (const auto at : interfaces) {
      const auto now = folded(field(scanned_[at].line, number));
      if (now == known) return {at, false};
      says.other = says.other || !now.empty();
    }
    return says;
  }
  [[nodiscard]] std::optional<std::size_t> line_for(std::string_view record,
                                                    const Namesakes& namesakes) const {
    const auto interfaces = interfaces_for(record, namesakes);
    if (interfaces.empty()) return std::nullopt;
    const auto mac = says_of(kMac, record, interfaces);
    if (mac.same) return taken_[*mac.same] ? std::nullopt : mac.same;
    const auto address = says_of(kTcp, record, interfaces);
    const auto type = field(scanned_[interfaces.front()].line, kType);
    const auto others =
        std::count_if(namesakes.records.begin(), namesakes.records.end(),
                      [&](std::size_t number) { return may_be_of_type(known_[number].line, type); });
    if (mac.other || address.other || others > 1 ||
        std::any_of(interfaces.begin(), interfaces.end(), [&](std::size_t at) { return taken_[at]; }))
      return std::nullopt;
    return address.same ? address.same : interfaces.front();
  }

  std::vector<Known>& known_;
  const std::vector<Scanned>& scanned_;
  std::vector<bool> taken_;
  std::unordered_map<std::string, std::vector<std::size_t>> machines_;
};

// The records the scans are about, scan by scan.
using KnownOf = std::vector<std::vector<Known>>;
Result<KnownOf> read_known(const Source& file, std::span<const ScanOf> scans, Merge& merge) {
  KnownOf known(scans.size());
  Reader reader(file);
  Line line;
  while (reader.next(line)) {
    const auto host = field(line.text, kHost);
    const auto scan = std::find_if(scans.begin(), scans.end(),
                                   [&](const ScanOf& one) { return paths::same_host(host, one.host); });
    if (scan == scans.end())
      ++merge.others;
    else
      known[static_cast<std::size_t>(scan - scans.begin())].push_back(
          {line.offset, std::string(line.text), Known::kNothing});
  }
  TRY_VOID(reader.status());
  merge.faults = reader.faults();
  return known;
}

void judge(const Known& known, const Scan& scan, std::string_view host, Merge& merge) {
  using Kind = RecordChange::Kind;
  if (known.found != Known::kNothing) {
    const auto& found = scan.records[known.found].line;
    auto after = with_seen(scan.mode == MergeMode::append ? completed(found, known.line) : found, scan.seen);
    const bool same = with_seen(known.line, scan.seen) == after;
    if (same)
      ++merge.same;
    else
      merge.changes.push_back({Kind::changed, known.line, after});
    merge.edits.push_back({known.offset, known.line.size(), std::move(after)});
  } else if (scan.mode == MergeMode::replace && scan.reached && scan.reached(known.line) &&
             // A name without a domain may stand for the same name with one, and need not.
             paths::same_host_name(field(known.line, kHost), host)) {
    merge.changes.push_back({Kind::gone, known.line, {}});
    merge.edits.push_back({known.offset, known.line.size(), std::nullopt});
  } else {
    merge.changes.push_back({Kind::kept, known.line, known.line});
  }
}

}  // namespace

std::size_t Merge::count(RecordChange::Kind kind) const noexcept {
  const auto found =
      std::count_if(changes.begin(), changes.end(), [&](const auto& change) { return change.kind == kind; });
  return static_cast<std::size_t>(found);
}

Result<Merge> plan_merge(const Source* file, const Scan& scan, std::string_view host) {
  const ScanOf one{&scan, host};
  return plan_merge(file, std::span(&one, 1));
}

Result<Merge> plan_merge(const Source* file, std::span<const ScanOf> scans) {
  Merge merge;
  KnownOf known(scans.size());
  if (file != nullptr) known = TRY(read_known(*file, scans, merge));
  for (std::size_t i = 0; i < scans.size(); ++i) {
    const auto& scan = *scans[i].scan;
    Matcher matcher(known[i], scan.records);
    const auto& taken = matcher.match();
    // Where a record is made anew, a label is too little to drop what somebody wrote.
    if (scan.mode == MergeMode::append) matcher.match_labels();
    for (const auto& record : known[i]) judge(record, scan, scans[i].host, merge);
    for (std::size_t at = 0; at < scan.records.size(); ++at)
      if (!taken[at] && scan.records[at].wanted)
        merge.appended.push_back(with_seen(scan.records[at].line, scan.seen));
  }
  std::sort(merge.edits.begin(), merge.edits.end(),
            [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  std::sort(merge.appended.begin(), merge.appended.end());
  merge.appended.erase(std::unique(merge.appended.begin(), merge.appended.end()), merge.appended.end());
  for (const auto& line : merge.appended) merge.changes.push_back({RecordChange::Kind::added, {}, line});
  return merge;
}

std::string difference(std::string_view before, std::string_view after) {
  constexpr std::size_t kShown = 60;
  std::string text;
  const auto shown = [](std::string_view value) {
    return value.empty() ? std::string("-") : text::printable(text::cut_right(value, kShown));
  };
  const auto old = split(before);
  const auto now = split(after);
  for (const auto& column : model::columns(model::Layout::enumerate)) {
    const auto at = static_cast<std::size_t>(column.field) - 1;
    if (at + 1 == kSeenField || old[at] == now[at]) continue;
    if (!text.empty()) text += ", ";
    text += std::string(column.title) + " " + shown(old[at]) + " -> " + shown(now[at]);
  }
  return text;
}

}  // namespace ctys::inventory
