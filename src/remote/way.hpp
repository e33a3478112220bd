// What is asked of other hosts, and how they are reached.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/target.hpp"
#include "wire/message.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ctys::remote {

// What is asked of which host.
struct Job {
  model::Target target;
  wire::Call call;
  std::vector<std::string> behind = {};  // names of the hosts of call.relay, as rows call them
};

// Does it leave machines as they are? Only then may it be asked again.
[[nodiscard]] inline bool only_reads(const wire::Call& call) {
  using wire::Verb;
  const auto& options = call.options;
  const auto& what = options.empty() ? std::string() : options.front().value;
  if (call.verb == Verb::attribute) return what != "SET" && what != "DELETE";
  if (call.verb == Verb::create || call.verb == Verb::cancel) return what == "PLAN";
  return call.verb != Verb::console;
}

// How the hosts are reached.
struct Way {
  std::vector<model::Target> via;  // hosts to go through, the nearest first
  bool may_copy = true;            // ctys may be copied to where it is missing
  unsigned fanout = 64;            // connections that are set up at the same time
  bool may_ask = true;             // a person at the terminal may be asked
  bool patient = true;             // while a person is asked, the time stands still
  bool tells_steps = false;        // Links::reached() and leads_to() are wanted
  bool keep = false;               // these hosts may be asked again, by the same command line
  // The connections are kept for calls that come within this time, and those that are kept are used.
  std::optional<std::chrono::milliseconds> persist = {};
  std::string command = {};  // another one than start_command(); it speaks the protocol of a worker
};

}  // namespace ctys::remote
