// Fuzzes the reader of Host and Include, and what of it may become a member of a group.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "groups/imports.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto found = groups::ssh_hosts(fuzz::text_of(data, size));
  fuzz::must(found.hosts.size() <= groups::kMostMentions && found.includes.size() <= groups::kMostMentions,
             "what is kept has a bound");
  for (const auto& host : found.hosts) {
    fuzz::must(host.text.find_first_of("*?!\n") == std::string::npos, "a pattern is no host");
    const auto target = groups::member_of(host.text);
    if (!target) continue;
    fuzz::must(!target->host.empty() && target->host.front() != '-', "a member is no option");
    fuzz::must(host.text.find_first_of(" ;'\"`,()<>|&#\t\r") == std::string::npos,
               "a member is a plain word");
  }
  for (const auto& include : found.includes) fuzz::must(!include.text.empty(), "a file has a name");
  return 0;
}
