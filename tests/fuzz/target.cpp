// Fuzzes the reader of targets: whatever is taken is safe for a command line and reads back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/target.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto target = model::parse_target(fuzz::text_of(data, size));
  if (!target) {
    fuzz::must(!target.error().summary.empty(), "an error says what is wrong");
    return 0;
  }
  fuzz::must(!target->host.empty() && target->host.front() != '-', "a host is no option");
  fuzz::must(target->host.find_first_of(" ;'\"$`\n") == std::string::npos, "a host is a plain word");
  const auto again = model::parse_target(model::text_of(*target));
  fuzz::must(again && again->host == target->host && again->port == target->port, "a target reads back");
  return 0;
}
