// What the inventory knows about hosts that do not answer, or are not asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys::action {

// The machines that the inventory knows on some hosts, each once: their state is "unknown", their age says
// when a scan saw them last.
class Remembered {
 public:
  // Reads the request's inventory, for hosts as rows call them, and what the request's types select. Without
  // an inventory nothing is known.
  Remembered(const model::Request& request, std::vector<std::string> hosts, std::int64_t now);

  // How old the newest record of a host is, in seconds; -1: none says when it was made.
  [[nodiscard]] std::int64_t age_of(const std::string& host) const;
  [[nodiscard]] bool knows(const std::string& host) const;
  void add_to(plugin::Outcome& outcome, const std::string& host) const;
  // Why nothing is known; nullopt also where nobody has made an inventory.
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  // "3 machines are from the inventory, last seen 5 min to 3 h ago" of records of it; empty without any.
  [[nodiscard]] static std::string note_on(std::span<const model::Record> records, std::int64_t now);

 private:
  std::int64_t now_;
  std::optional<Error> error_;
  std::vector<model::Record> records_;
};

// The hosts of the request that the inventory answers for, as --cached and --max-age want it: their machines
// go into `outcome`, and they leave `asked`. False: nobody is left to be asked. `note` becomes what is to be
// said of these machines where their rows do not say it.
[[nodiscard]] bool answer_from_inventory(plugin::Outcome& outcome, model::Request& asked, std::string& note);

// Who asks what runs is told of an inventory that was named, or made, and cannot be used, whether or not a
// host turns out to be silent. With --max-age it has been told already.
void tell_if_unusable(const model::Request& request);

// Adds what is known of the other hosts of which there are failures and no records.
void add_silent_hosts(plugin::Outcome& outcome, const model::Request& request);

}  // namespace ctys::action
