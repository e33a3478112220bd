// Fuzzes the reader of `ssh -G`: a host is never an option, a port never none.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "ssh/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  if (const auto place = ssh::parse_place(text)) {
    fuzz::must(!place->host.empty() && place->host.front() != '-', "a host is no option");
    fuzz::must(ssh::parse_place(ssh::text_of(*place)) == place, "a place reads back");
  }
  try {
    const auto config = ssh::parse_config(text, {"lab01", "", 0}, "/home/me");
    fuzz::must(config.port > 0 && config.port <= 65535, "a port is one");
    fuzz::must(!config.hostname.empty() && !config.user.empty(), "a host has a name and a user");
    fuzz::must(config.own_known_hosts <= config.known_hosts.size(), "the user's files come first");
    for (const auto& jump : config.jumps) fuzz::must(jump.host.front() != '-', "a jump is no option");
  } catch (const Error& error) {
    fuzz::must(!error.summary.empty(), "an error says what is wrong");
  }
  return 0;
}
