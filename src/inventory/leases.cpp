// Leases: which reader reads what, and which of several entries counts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/leases.hpp"

#include "inventory/leases_collect.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace ctys::inventory {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

using MacBytes = std::array<unsigned, 6>;

// Groups of one or two digits behind each other, with the same separator between them.
std::optional<MacBytes> separated_bytes(std::string_view text, char separator) noexcept {
  MacBytes bytes{};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto end = text.find(separator);
    const auto group = text.substr(0, end);
    if (group.empty() || group.size() > 2 || (end == std::string_view::npos) != (at + 1 == bytes.size()))
      return std::nullopt;
    for (const char c : group) {
      if (hex_value(c) < 0) return std::nullopt;
      bytes[at] = bytes[at] * 16 + static_cast<unsigned>(hex_value(c));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return bytes;
}

std::optional<MacBytes> mac_bytes(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 12;
  constexpr std::size_t kDotted = 14;  // 5254.0012.3456
  if (text.find(':') != std::string_view::npos) return separated_bytes(text, ':');
  if (text.find('-') != std::string_view::npos) return separated_bytes(text, '-');
  const bool dotted = text.size() == kDotted && text[4] == '.' && text[9] == '.';
  if (!dotted && text.size() != kDigits) return std::nullopt;
  MacBytes bytes{};
  std::size_t digit = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (dotted && (at == 4 || at == 9)) continue;
    if (hex_value(text[at]) < 0) return std::nullopt;
    bytes[digit / 2] = bytes[digit / 2] * 16 + static_cast<unsigned>(hex_value(text[at]));
    ++digit;
  }
  return bytes;
}

// IPv4 and IPv6 of one machine do not push each other out.
std::string machine_key(const Lease& lease) {
  return lease.mac + (lease.ip.find(':') == std::string::npos ? "4" : "6");
}

bool is_worth_keeping(const Lease& lease) noexcept {
  return static_cast<int>(!lease.name.empty()) + static_cast<int>(!lease.mac.empty()) +
             static_cast<int>(!lease.ip.empty()) >
         1;
}

// A name was told that is none; "*" and "?" stand for nobody.
bool is_bad_name(const Lease& lease, std::string_view told) noexcept {
  return lease.name.empty() && !told.empty() && told != "*" && told != "?";
}

}  // namespace

std::optional<std::string> machine_mac(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto bytes = mac_bytes(text);
  if (!bytes || ((*bytes)[0] & 1U) != 0) return std::nullopt;
  if (std::all_of(bytes->begin(), bytes->end(), [](unsigned byte) { return byte == 0; })) return std::nullopt;
  std::string mac;
  for (const unsigned byte : *bytes) {
    if (!mac.empty()) mac += ':';
    mac += kDigits[byte >> 4U];
    mac += kDigits[byte & 0xFU];
  }
  return mac;
}

std::optional<std::string> machine_ip(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string given(text);
  std::array<char, INET6_ADDRSTRLEN> written{};
  in_addr four{};
  if (inet_pton(AF_INET, given.c_str(), &four) == 1) {
    const auto first = ntohl(four.s_addr) >> 24U;
    constexpr unsigned kGroups = 224;
    if (first == 0 || first >= kGroups) return std::nullopt;
    return std::string(inet_ntop(AF_INET, &four, written.data(), written.size()));
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, given.c_str(), &six) != 1 || IN6_IS_ADDR_UNSPECIFIED(&six) ||
      IN6_IS_ADDR_MULTICAST(&six))
    return std::nullopt;
  return std::string(inet_ntop(AF_INET6, &six, written.data(), written.size()));
}

std::string machine_name(std::string_view text) {
  constexpr std::size_t kLongest = 253;
  while (text.ends_with('.')) text.remove_suffix(1);
  const bool good = !text.empty() && text.size() <= kLongest && text.front() != '-' && text.front() != '.' &&
                    std::all_of(text.begin(), text.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             c == '.' || c == '-' || c == '_';
                    });
  return good ? std::string(text) : std::string();
}

void LeaseCollector::add(Entry entry) {
  if (entries_.size() < kMaxLeases) entries_.push_back(std::move(entry));
}

void LeaseCollector::journal(Lease lease, bool ended, std::string_view name) {
  const bool bad_name = is_bad_name(lease, name);
  const auto [known, fresh] = by_address_.try_emplace(lease.ip, entries_.size());
  if (!fresh && known->second < entries_.size()) entries_[known->second].ended = true;
  known->second = entries_.size();
  add({std::move(lease), true, ended, bad_name});
}

void LeaseCollector::fixed(Lease lease, std::string_view name) {
  const bool bad_name = is_bad_name(lease, name);
  if (is_worth_keeping(lease))
    add({std::move(lease), false, false, bad_name});
  else if (bad_name)
    ++leases_.unnamed;
}

void LeaseCollector::broken(std::size_t line) noexcept {
  if (leases_.broken++ == 0) leases_.first_broken = line;
}

void LeaseCollector::keep_the_newest_of_each_machine() {
  std::unordered_map<std::string, std::size_t> newest;
  for (std::size_t at = 0; at < entries_.size(); ++at) {
    auto& entry = entries_[at];
    if (!entry.leased || entry.ended || entry.lease.mac.empty()) continue;
    const auto [known, fresh] = newest.try_emplace(machine_key(entry.lease), at);
    if (fresh) continue;
    auto& other = entries_[known->second];
    const bool later = entry.lease.until >= other.lease.until;
    (later ? other : entry).ended = true;
    if (later) known->second = at;
  }
}

Leases LeaseCollector::take() {
  std::unordered_set<std::string> ended;  // addresses that have no lease any more
  for (auto& entry : entries_) {
    if (!entry.leased || (!entry.ended && entry.lease.until > now_)) continue;
    entry.ended = true;
    ended.insert(entry.lease.ip);
  }
  keep_the_newest_of_each_machine();
  std::unordered_set<std::string> taken;
  for (auto& entry : entries_) {
    auto& lease = entry.lease;
    if (entry.ended) continue;
    ended.erase(lease.ip);
    leases_.unnamed += entry.bad_name ? 1 : 0;
    const bool fresh = taken.insert(lease.name + '\n' + lease.mac + '\n' + lease.ip).second;
    if (fresh && is_worth_keeping(lease)) leases_.rows.push_back(std::move(lease));
  }
  leases_.expired = ended.size();
  return std::move(leases_);
}

std::vector<std::string_view> words_of(std::string_view line, std::size_t most) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  std::vector<std::string_view> words;
  while (words.size() < most) {
    const auto begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const auto end = line.find_first_of(kBlanks);
    words.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
  return words;
}

std::string_view next_line(std::string_view& text) noexcept {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Leases read_leases(LeaseFormat format, std::string_view text, std::int64_t now) {
  LeaseCollector out(now);
  switch (format) {
    case LeaseFormat::dhcpd:
      read_dhcpd(text, out);
      break;
    case LeaseFormat::dnsmasq:
      read_dnsmasq(text, out);
      break;
    case LeaseFormat::dnsmasq_hosts:
      read_dnsmasq_hosts(text, out);
      break;
    case LeaseFormat::kea:
      read_kea(text, out);
      break;
    case LeaseFormat::libvirt:
      read_libvirt(text, out);
      break;
    case LeaseFormat::neighbours:
      read_neighbours(text, out);
      break;
    case LeaseFormat::ethers:
      read_ethers(text, out);
      break;
    case LeaseFormat::hosts:
      read_hosts(text, out);
      break;
  }
  return out.take();
}

}  // namespace ctys::inventory
