// Puts what leases, neighbours and host files say into a macmap.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/fold.hpp"
#include "inventory/macmap.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace ctys::inventory {
namespace {

bool same_version(const std::string& a, const std::string& b) noexcept {
  return (a.find(':') == std::string::npos) == (b.find(':') == std::string::npos);
}

std::string folded_ip(std::string_view ip) {
  std::string scratch;
  return std::string(fold(ip, scratch));
}

constexpr int kMostOfOne = 64;  // addresses of one machine: more is nonsense, or meant to keep us busy

using ByName = std::unordered_multimap<std::string, std::string>;

// What is said about one name in several places becomes one row.
class Joiner {
 public:
  Joiner(std::span<const Lease> leases, const std::vector<MacRow>& known) {
    for (const auto& row : known)
      if (!row.name.empty()) add(macs_, row.name, row.mac);
    for (const auto& lease : leases) {
      if (!lease.mac.empty() && !lease.name.empty()) add(macs_, lease.name, lease.mac);
      if (!lease.mac.empty() || lease.name.empty()) continue;
      add(addresses_, lease.name, lease.ip);
      names_.emplace(lease.ip, lease.name);
    }
  }

  std::vector<MacRow> join(std::span<const Lease> leases, std::size_t& without_mac) {
    for (const auto& lease : leases) {
      if (lease.mac.empty())
        without_mac += give_mac(lease) ? 0 : 1;
      else if (lease.ip.empty())
        give_addresses(lease);
      else
        take({lease.name.empty() ? name_of(lease.ip) : lease.name, lease.mac, lease.ip});
    }
    return std::move(rows_);
  }

 private:
  static void add(ByName& map, const std::string& name, const std::string& value) {
    const auto [begin, end] = map.equal_range(name);
    const bool known = std::any_of(begin, end, [&](const auto& entry) { return entry.second == value; });
    if (!known && std::distance(begin, end) < kMostOfOne) map.emplace(name, value);
  }
  // A name that several machines have says nothing about any of them.
  bool give_mac(const Lease& lease) {
    const auto [begin, end] = macs_.equal_range(lease.name);
    if (begin == end || std::next(begin) != end) return false;
    take({lease.name, begin->second, lease.ip});
    return true;
  }
  void give_addresses(const Lease& lease) {
    const auto [begin, end] = addresses_.equal_range(lease.name);
    if (begin == end) take({lease.name, lease.mac, {}});
  }
  std::string name_of(const std::string& ip) const {
    const auto found = names_.find(ip);
    return found == names_.end() ? std::string() : found->second;
  }
  void take(MacRow row) {
    auto& count = of_mac_[row.mac];
    if (count == kMostOfOne || !taken_.insert(to_text(row)).second) return;
    ++count;
    rows_.push_back(std::move(row));
  }
  ByName macs_;
  ByName addresses_;
  std::unordered_map<std::string, std::string> names_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> of_mac_;
  std::vector<MacRow> rows_;
};

class Merger {
 public:
  explicit Merger(std::vector<MacRow>& rows) : rows_(rows), before_(rows), confirmed_(rows.size(), false) {
    for (std::size_t at = 0; at < rows.size(); ++at) by_mac_.emplace(rows[at].mac, at);
  }

  // First what is known as it is, so that the rest can only take the place of what nobody says any more.
  void merge(const std::vector<MacRow>& told) {
    std::vector<const MacRow*> open;
    for (const auto& row : told)
      if (!confirm(row)) open.push_back(&row);
    for (const auto* row : open) put(*row);
    for (const auto& row : told) take_from_others(row);
  }

  MacMerge finish(MacMode mode, std::size_t without_mac) {
    MacMerge result;
    result.without_mac = without_mac;
    std::vector<MacRow> rows;
    std::unordered_set<std::string> written;
    for (std::size_t at = 0; at < rows_.size(); ++at) {
      const bool old = at < before_.size();
      const bool dropped = old && !confirmed_[at] && mode == MacMode::replace;
      // What lost its address may be what another row says already.
      const bool fresh = !dropped && written.insert(to_text(rows_[at])).second;
      if (!fresh && !old) continue;
      if (!fresh) {
        result.changes.push_back({MacChange::Kind::gone, before_[at], {}});
        continue;
      }
      if (!old)
        result.changes.push_back({MacChange::Kind::added, {}, rows_[at]});
      else if (rows_[at] != before_[at])
        result.changes.push_back({MacChange::Kind::changed, before_[at], rows_[at]});
      else
        ++(confirmed_[at] ? result.same : result.kept);
      rows.push_back(std::move(rows_[at]));
    }
    rows_ = std::move(rows);
    return result;
  }

 private:
  bool confirm(const MacRow& row) {
    const auto [begin, end] = by_mac_.equal_range(row.mac);
    for (auto at = begin; at != end; ++at) {
      auto& known = rows_[at->second];
      if (known.ip != row.ip && !row.ip.empty() && !is_same(known.ip, row.ip)) continue;
      if (!row.name.empty()) known.name = row.name;
      confirmed_[at->second] = true;
      return true;
    }
    return false;
  }
  void put(const MacRow& row) {
    const auto [begin, end] = by_mac_.equal_range(row.mac);
    std::string name = row.name;
    for (auto at = begin; at != end; ++at) {
      auto& known = rows_[at->second];
      if (name.empty()) name = known.name;
      if (confirmed_[at->second] || (!known.ip.empty() && !same_version(known.ip, row.ip))) continue;
      known.ip = row.ip;
      if (!row.name.empty()) known.name = row.name;
      confirmed_[at->second] = true;
      return;
    }
    by_mac_.emplace(row.mac, rows_.size());
    rows_.push_back({std::move(name), row.mac, row.ip});
    confirmed_.push_back(true);
  }
  void take_from_others(const MacRow& row) {
    if (row.ip.empty()) return;
    if (holders_.empty())
      for (std::size_t at = 0; at < rows_.size(); ++at) holders_.emplace(folded_ip(rows_[at].ip), at);
    const auto [begin, end] = holders_.equal_range(folded_ip(row.ip));
    for (auto at = begin; at != end; ++at)
      if (!confirmed_[at->second] && rows_[at->second].mac != row.mac) rows_[at->second].ip.clear();
  }

  std::vector<MacRow>& rows_;
  std::vector<MacRow> before_;
  std::vector<bool> confirmed_;
  std::unordered_multimap<std::string, std::size_t> by_mac_;
  std::unordered_multimap<std::string, std::size_t> holders_;
};

}  // namespace

MacMerge merge_leases(Macmap& macmap, std::span<const Lease> leases, MacMode mode) {
  std::size_t without_mac = 0;
  auto told = Joiner(leases, macmap.rows).join(leases, without_mac);
  sort_by(told, MacColumn::mac);
  Merger merger(macmap.rows);
  merger.merge(told);
  return merger.finish(mode, without_mac);
}

}  // namespace ctys::inventory
