// Fuzzes what is said to the process that keeps connections.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/demand.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto demand = remote::demand_of(fuzz::text_of(data, size));
  if (!demand) return 0;
  fuzz::must(demand->hosts.size() + demand->numbers.size() <= remote::kMaxNamed, "it is bounded");
  fuzz::must(demand->time.count() >= 0 && demand->time <= remote::kMaxKeeping, "so is the time");
  fuzz::must((demand->wish == remote::Wish::give_back) == (demand->time.count() > 0),
             "who keeps says how long");
  const auto again = remote::demand_of(remote::encode(*demand));
  fuzz::must(!again || *again == *demand, "a demand reads back as itself");
  return 0;
}
