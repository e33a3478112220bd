// The network addresses that macmap.fdb adds to records which have a MAC address and no other.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a record states itself always stands; only an empty field 7 is filled. A MAC address with several rows
// has its first IPv4 address, else the first one. This is what the original kept as
// ctys-vhost.statcache.cdb; here nothing is kept, and nothing is read before a record needs it.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// Several threads may use one.
class Addresses {
 public:
  // Those of the macmap.fdb in these directories; a directory without one adds nothing.
  explicit Addresses(const std::vector<std::filesystem::path>& directories);
  ~Addresses();
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;

  // Is there a file at all?
  [[nodiscard]] bool exist() const noexcept { return !files_.empty(); }
  // Empty when it is not known, or when `mac` is none.
  [[nodiscard]] std::string_view of(std::string_view mac) const;
  // The MAC addresses that have this address, with colons, sorted. `folded` as inventory::fold has it.
  [[nodiscard]] std::vector<std::string> macs_of(std::string_view folded) const;
  // The record with its address, which is made in `into`; `line` itself where there is nothing to add.
  [[nodiscard]] std::string_view complete(std::string_view line, std::string& into) const;
  // Can a completed record hold this text that does not hold it as it stands in the file?
  [[nodiscard]] bool may_bring(std::string_view text) const;
  // What was wrong with the files, as far as they were read.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  [[nodiscard]] const State& state() const;

  std::vector<std::filesystem::path> files_;
  std::unique_ptr<State> state_;
};

// Has the record a MAC address, and no other?
[[nodiscard]] bool lacks_address(std::string_view line) noexcept;

}  // namespace ctys::inventory
