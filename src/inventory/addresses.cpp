// Completes records from macmap.fdb.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/addresses.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "inventory/cells.hpp"
#include "inventory/key.hpp"
#include "inventory/leases.hpp"
#include "inventory/macmap.hpp"
#include "inventory/source.hpp"
#include "inventory/view.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

constexpr unsigned kBytes = 6;

unsigned digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return 16;
}

// 52:54:00:12:34:56 in either case, which is how nearly all of them are written.
std::optional<std::uint64_t> usual_number(std::string_view mac) noexcept {
  constexpr std::size_t kLength = 3 * kBytes - 1;
  if (mac.size() != kLength) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < kLength; at += 3) {
    const auto high = digit(mac[at]);
    const auto low = digit(mac[at + 1]);
    if (high > 15 || low > 15 || (at > 0 && mac[at - 1] != ':')) return std::nullopt;
    number = number << 8U | high << 4U | low;
  }
  constexpr unsigned kToFirst = 8 * (kBytes - 1);
  if (number == 0 || (number >> kToFirst & 1U) != 0) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> number_of(std::string_view mac) {
  if (const auto number = usual_number(mac)) return number;
  const auto written = machine_mac(mac);
  return written ? usual_number(*written) : std::nullopt;
}

std::string mac_text(std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string mac;
  for (unsigned shift = 8 * kBytes; shift > 0; shift -= 8) {
    const auto byte = number >> (shift - 8) & 0xFFU;
    if (!mac.empty()) mac += ':';
    mac += kDigits[byte >> 4U];
    mac += kDigits[byte & 0xFU];
  }
  return mac;
}

// An address or a host name: what may stand in a record.
bool is_address(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 255;
  constexpr std::string_view kOthers = ".:-_%";
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

struct Entry {
  std::uint64_t mac = 0;
  std::string_view address;
};

// NAME;MAC;IP
std::optional<Entry> entry_of(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_of(std::string_view("\0\r", 2)) != std::string_view::npos) return std::nullopt;
  if (bare(line).starts_with('#')) return std::nullopt;  // commented out
  const auto first = line.find(kSeparator);
  const auto second = first == std::string_view::npos ? first : line.find(kSeparator, first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto address = text::trim(line.substr(second + 1));
  if (!is_address(address)) return std::nullopt;
  const auto mac = number_of(text::trim(line.substr(first + 1, second - first - 1)));
  if (!mac) return std::nullopt;
  return Entry{*mac, address};
}

// What brings no address, and nothing is wrong with it.
bool is_row_or_remark(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const auto shown = bare(line);
  return shown.empty() || shown.front() == '#' || parse_macmap_row(line).has_value();
}

// One for each MAC address.
void keep_best(std::vector<Entry>& entries) {
  const auto is_ipv6 = [](const Entry& entry) { return entry.address.find(':') != std::string_view::npos; };
  std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    return a.mac != b.mac ? a.mac < b.mac : is_ipv6(a) < is_ipv6(b);
  });
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const Entry& a, const Entry& b) { return a.mac == b.mac; }),
                entries.end());
}

}  // namespace

struct Addresses::State {
  std::once_flag read_once;
  std::vector<std::string> texts;  // the files; entries point into them
  std::vector<Entry> entries;      // sorted by MAC address
  std::vector<std::string> warnings;
  std::once_flag sorted_once;
  std::vector<std::pair<std::size_t, std::uint64_t>> by_address;  // hash of the folded address, MAC address

  void read(const std::vector<fs::path>& files) {
    texts.reserve(files.size());  // what entries point into stays where it is
    for (const auto& file : files) {
      auto text = read_file(file, kMaxMacmap);
      if (text)
        take(texts.emplace_back(*std::move(text)), file);
      else
        warnings.push_back("addresses cannot be completed: " + text.error().summary + ": " +
                           text.error().why);
    }
    keep_best(entries);
  }
  void take(std::string_view text, const fs::path& file) {
    Macmap broken;
    std::size_t number = 0;
    for (auto rest = without_mark(text); !rest.empty();) {
      const auto line = cut_line(rest);
      ++number;
      if (const auto entry = entry_of(line))
        entries.push_back(*entry);
      else if (!is_row_or_remark(line) && broken.broken++ == 0)
        broken.first_broken = number;
    }
    if (auto words = warning(broken, file); !words.empty()) warnings.push_back(std::move(words));
  }
  void sort_addresses() {
    std::string scratch;
    for (const auto& entry : entries)
      by_address.emplace_back(std::hash<std::string_view>()(fold(entry.address, scratch)), entry.mac);
    std::sort(by_address.begin(), by_address.end());
  }
  [[nodiscard]] std::string_view find(std::uint64_t mac) const {
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), mac,
                         [](const Entry& entry, std::uint64_t wanted) { return entry.mac < wanted; });
    return at == entries.end() || at->mac != mac ? std::string_view() : at->address;
  }
};

Addresses::Addresses(const std::vector<fs::path>& directories) : state_(std::make_unique<State>()) {
  for (const auto& directory : directories) {
    std::error_code error;
    auto file = directory / kMacmapName;
    if (fs::exists(file, error)) files_.push_back(std::move(file));
  }
}

Addresses::~Addresses() = default;

const Addresses::State& Addresses::state() const {
  std::call_once(state_->read_once, [&] { state_->read(files_); });
  return *state_;
}

std::string_view Addresses::of(std::string_view mac) const {
  if (files_.empty()) return {};
  const auto number = number_of(mac);
  return number ? state().find(*number) : std::string_view();
}

std::vector<std::string> Addresses::macs_of(std::string_view folded) const {
  std::vector<std::string> macs;
  if (files_.empty() || folded.empty()) return macs;
  const auto& known = state();
  std::call_once(state_->sorted_once, [&] { state_->sort_addresses(); });
  const auto hash = std::hash<std::string_view>()(folded);
  std::string scratch;
  for (auto at = std::lower_bound(known.by_address.begin(), known.by_address.end(),
                                  std::pair(hash, std::uint64_t{0}));
       at != known.by_address.end() && at->first == hash; ++at)
    if (fold(known.find(at->second), scratch) == folded) macs.push_back(mac_text(at->second));
  return macs;
}

std::string_view Addresses::complete(std::string_view line, std::string& into) const {
  if (files_.empty()) return line;
  Cells cells(line);
  if (!cells.get(kTcp).empty()) return line;
  const auto mac = cells.get(kMac);
  const auto address = mac.empty() ? std::string_view() : of(mac);
  const auto end = line.find(kSeparator, static_cast<std::size_t>(mac.data() - line.data())) + 1;
  if (address.empty() || end == 0) return line;
  into.assign(line.substr(0, end)).append(address).append(line.substr(end));
  return into;
}

// The text lies in the address, or it holds the separators around it: then what is between two of them is the
// address, in front of the first its end, behind the last its beginning.
bool Addresses::may_bring(std::string_view text) const {
  if (files_.empty()) return false;
  const auto pieces = text::split(text, kSeparator);
  const auto& entries = state().entries;
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    const auto& address = entry.address;
    if (pieces.size() == 1) return address.find(text) != std::string_view::npos;
    for (std::size_t at = 0; at < pieces.size(); ++at) {
      const auto piece = pieces[at];
      if (piece.empty()) continue;
      const bool fits = at == 0                   ? address.ends_with(piece)
                        : at + 1 == pieces.size() ? address.starts_with(piece)
                                                  : address == piece;
      if (fits) return true;
    }
    return false;
  });
}

std::vector<std::string> Addresses::warnings() const {
  return state_->warnings;
}

bool lacks_address(std::string_view line) noexcept {
  Cells cells(line);
  return cells.get(kTcp).empty() && !cells.get(kMac).empty();
}

}  // namespace ctys::inventory
