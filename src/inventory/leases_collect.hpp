// What the readers of leases share: gathering entries, of which later ones replace earlier ones.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inventory/leases.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ctys::inventory {

class LeaseCollector {
 public:
  explicit LeaseCollector(std::int64_t now) : now_(now) {}
  // An entry of a journal: it replaces what stood there for the same address. `ended`: given back, or
  // declined. `name`: as it stands in the source.
  void journal(Lease lease, bool ended, std::string_view name = {});
  // What is configured or seen: it stays beside the others.
  void fixed(Lease lease, std::string_view name = {});
  void broken(std::size_t line) noexcept;
  [[nodiscard]] Leases take();

 private:
  struct Entry {
    Lease lease;
    bool leased = false;
    bool ended = false;
    bool bad_name = false;
  };
  void add(Entry entry);
  void keep_the_newest_of_each_machine();

  std::int64_t now_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_address_;
  Leases leases_;
};

// Calls line(number, words) for every line with a word in it. Words are separated by blanks; `#` begins a
// comment.
template <class Reader>
void each_line(std::string_view text, Reader&& reader);
// The first `most` words; the rest of the line is not looked at.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line, std::size_t most);
// Cuts the first line off `text`, with its end.
[[nodiscard]] std::string_view next_line(std::string_view& text) noexcept;

void read_dhcpd(std::string_view text, LeaseCollector& out);
void read_dnsmasq(std::string_view text, LeaseCollector& out);
void read_dnsmasq_hosts(std::string_view text, LeaseCollector& out);
void read_kea(std::string_view text, LeaseCollector& out);
void read_libvirt(std::string_view text, LeaseCollector& out);
void read_neighbours(std::string_view text, LeaseCollector& out);
void read_ethers(std::string_view text, LeaseCollector& out);
void read_hosts(std::string_view text, LeaseCollector& out);

template <class Reader>
void each_line(std::string_view text, Reader&& reader) {
  constexpr std::size_t kWords = 32;
  std::size_t number = 0;
  while (!text.empty()) {
    auto line = next_line(text);
    ++number;
    line = line.substr(0, line.find('#'));
    if (const auto words = words_of(line, kWords); !words.empty()) reader(number, words);
  }
}

}  // namespace ctys::inventory
