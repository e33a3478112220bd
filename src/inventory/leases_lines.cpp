// Reads the sources that have one entry a line: dnsmasq, Kea, ethers, hosts, neighbour tables.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "inventory/leases_collect.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::inventory {
namespace {

using Words = std::vector<std::string_view>;

std::optional<std::int64_t> seconds_of(std::string_view word) {
  const auto number = text::number(word);
  if (!number || *number > static_cast<std::uint64_t>(kForever)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// dnsmasq writes "06-52:54:..." for networks that are no Ethernet.
std::string_view without_network_type(std::string_view mac) noexcept {
  const auto dash = mac.find('-');
  return dash != std::string_view::npos && mac.find(':') != std::string_view::npos ? mac.substr(dash + 1)
                                                                                   : mac;
}

// Kea writes a comma inside a value as "&#x2c": such a value is no host name, and no address.
Words csv_fields(std::string_view line) {
  constexpr std::size_t kMost = 64;
  if (line.ends_with('\r')) line.remove_suffix(1);
  Words fields;
  while (fields.size() < kMost) {
    const auto end = line.find(',');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return fields;
}

// Other networks have longer addresses, and a client's number may stand there; this is none of them.
bool is_no_mac(std::string_view word) noexcept {
  return word.find_first_not_of("0123456789abcdefABCDEF:-.*") != std::string_view::npos;
}

class KeaReader {
 public:
  explicit KeaReader(LeaseCollector& out) : out_(out) {}

  void read(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
      const auto fields = csv_fields(next_line(text));
      ++number;
      if (fields.size() == 1 && fields[0].empty()) continue;
      if (fields[0] == "address")
        take_titles(fields);
      else if (titles_.empty() || !take(fields))
        out_.broken(number);
    }
  }

 private:
  void take_titles(const Words& fields) {
    titles_.clear();
    for (const auto field : fields) titles_.emplace_back(field);
  }
  [[nodiscard]] std::string_view get(const Words& fields, std::string_view title) const {
    for (std::size_t at = 0; at < titles_.size() && at < fields.size(); ++at)
      if (titles_[at] == title) return fields[at];
    return {};
  }
  bool take(const Words& fields) {
    constexpr std::uint64_t kInfinite = 0xFFFFFFFF;
    auto ip = machine_ip(get(fields, "address"));
    const auto until = seconds_of(get(fields, "expire"));
    const auto lifetime = text::number(get(fields, "valid_lifetime"));
    if (!ip || !until || !lifetime) return false;
    const auto state = get(fields, "state");
    // 0: assigned. A prefix is no address of a machine: lease type 2.
    const bool valid = (state.empty() || state == "0") && *lifetime > 0 && get(fields, "lease_type") != "2";
    if (is_no_mac(get(fields, "hwaddr"))) return false;
    auto mac = machine_mac(get(fields, "hwaddr"));
    out_.journal({machine_name(get(fields, "hostname")), std::move(mac).value_or(""), *std::move(ip),
                  *lifetime == kInfinite ? kForever : *until},
                 !valid, get(fields, "hostname"));
    return true;
  }
  LeaseCollector& out_;
  std::vector<std::string> titles_;
};

std::string_view without_parentheses(std::string_view word) noexcept {
  if (word.starts_with('(')) word.remove_prefix(1);
  if (word.ends_with(')')) word.remove_suffix(1);
  return word;
}

// Addresses of groups are as well.
bool is_like_address(std::string_view word) noexcept {
  word = without_parentheses(word);
  return word.find_first_of(".:") != std::string_view::npos &&
         word.find_first_not_of("0123456789abcdefABCDEF.:%") == std::string_view::npos;
}

// An address that reaches this network only names nobody elsewhere.
bool is_link_local(std::string_view ip) noexcept {
  return ip.starts_with("fe80:");
}

}  // namespace

// EXPIRES MAC ADDRESS NAME|* CLIENT-ID|*; 0: never. Behind a line "duid ..." IPv6, with a number instead of a
// MAC.
void read_dnsmasq(std::string_view text, LeaseCollector& out) {
  each_line(text, [&](std::size_t number, const Words& words) {
    if (words[0] == "duid") return;
    const auto until = seconds_of(words[0]);
    auto ip = words.size() > 3 ? machine_ip(words[2]) : std::nullopt;
    const bool is_four = ip && ip->find(':') == std::string::npos;
    if (!until || !ip || (is_four && is_no_mac(words[1]))) return out.broken(number);
    auto mac = machine_mac(without_network_type(words[1]));
    out.journal({machine_name(words[3]), std::move(mac).value_or(""), *std::move(ip),
                 *until == 0 ? kForever : *until},
                false, words[3]);
  });
}

// MAC,ADDRESS,NAME[,TIME], in any order.
void read_dnsmasq_hosts(std::string_view text, LeaseCollector& out) {
  each_line(text, [&](std::size_t number, const Words& words) {
    Lease lease;
    for (auto word : text::split(words[0], ',')) {
      if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
      if (auto mac = machine_mac(word); mac && lease.mac.empty())
        lease.mac = *std::move(mac);
      else if (auto ip = machine_ip(word); ip && lease.ip.empty())
        lease.ip = *std::move(ip);
      else if (lease.name.empty() && word.find(':') == std::string_view::npos && !text::number(word))
        lease.name = machine_name(word);
    }
    if (lease.ip.empty()) return out.broken(number);
    out.fixed(std::move(lease));
  });
}

void read_kea(std::string_view text, LeaseCollector& out) {
  KeaReader(out).read(text);
}

// MAC NAME-OR-ADDRESS
void read_ethers(std::string_view text, LeaseCollector& out) {
  each_line(text, [&](std::size_t number, const Words& words) {
    auto mac = machine_mac(words[0]);
    if (!mac || words.size() < 2) return out.broken(number);
    auto ip = machine_ip(words[1]);
    if (ip) return out.fixed({{}, *std::move(mac), *std::move(ip), kForever});
    auto name = machine_name(words[1]);
    if (name.empty()) out.broken(number);
    out.fixed({std::move(name), *std::move(mac), {}, kForever}, words[1]);
  });
}

// ADDRESS NAME [ALIAS]...: each name is an entry, so that ethers may use any of them.
void read_hosts(std::string_view text, LeaseCollector& out) {
  each_line(text, [&](std::size_t number, const Words& words) {
    const bool special = words[0].starts_with("127.") || words[0] == "::1" || words[0].starts_with("ff") ||
                         words[0].starts_with("fe00:") || words[0] == "0.0.0.0" ||
                         words[0].starts_with("255.");
    if (special) return;
    const auto ip = machine_ip(words[0]);
    bool any = false;
    for (std::size_t at = 1; ip && at < words.size(); ++at) {
      auto name = machine_name(words[at]);
      any = any || !name.empty();
      out.fixed({std::move(name), {}, *ip, kForever}, words[at]);
    }
    if (!any) out.broken(number);
  });
}

// ip neigh: ADDRESS dev IF lladdr MAC STATE. arp -a: NAME|? (ADDRESS) at MAC [ether] on IF. arp,
// /proc/net/arp: a table whose first word is the address or its name. A line without a MAC address is of
// nobody that answered.
void read_neighbours(std::string_view text, LeaseCollector& out) {
  constexpr std::array<std::string_view, 5> kSilent{"FAILED", "INCOMPLETE", "(incomplete)", "<incomplete>",
                                                    "NOARP"};
  constexpr std::array<std::string_view, 3> kTitles{"Address", "IP", "Entries:"};
  each_line(text, [&](std::size_t number, const Words& words) {
    Lease lease;
    for (const auto word : words) {
      if (std::find(kSilent.begin(), kSilent.end(), word) != kSilent.end()) return;
      if (auto ip = machine_ip(without_parentheses(word)); ip && lease.ip.empty() && lease.mac.empty())
        lease.ip = *std::move(ip);
      else if (auto mac = machine_mac(word); mac && lease.mac.empty())
        lease.mac = *std::move(mac);
    }
    const bool is_title = std::find(kTitles.begin(), kTitles.end(), words[0]) != kTitles.end();
    if (!is_title && std::none_of(words.begin(), words.end(), is_like_address)) return out.broken(number);
    if (lease.mac.empty() || is_link_local(lease.ip)) return;
    if (machine_ip(words[0])) return out.fixed(std::move(lease));
    lease.name = machine_name(words[0]);
    out.fixed(std::move(lease), words[0]);
  });
}

}  // namespace ctys::inventory
