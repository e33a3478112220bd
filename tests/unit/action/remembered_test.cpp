// What is said of machines that the inventory answers for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/remembered.hpp"

#include "inventory/compose.hpp"

#include <catch2/catch.hpp>

using namespace ctys;

namespace {

constexpr std::int64_t kNow = 1'790'000'000;

std::string note(const std::vector<std::string>& seen) {
  std::vector<model::Record> records(seen.size());
  for (std::size_t at = 0; at < seen.size(); ++at) records[at].set(Field::seen, seen[at]);
  return action::Remembered::note_on(records, kNow);
}

}  // namespace

TEST_CASE("rows of the inventory are told with the age of the newest and the oldest") {
  const auto now = inventory::seen_text(kNow);
  const auto hour = inventory::seen_text(kNow - 3 * 3600);
  const auto minutes = inventory::seen_text(kNow - 300);
  CHECK(note({}).empty());
  CHECK(note({minutes}) == "1 machine is from the inventory, last seen 5 min ago");
  CHECK(note({hour, minutes}) == "2 machines are from the inventory, last seen 5 min to 3 h ago");
  CHECK(note({hour, "", hour}) == "3 machines are from the inventory, last seen 3 h ago");
  CHECK(note({now}) == "1 machine is from the inventory, last seen just now");
  CHECK(note({now, hour}) == "2 machines are from the inventory, last seen just now to 3 h ago");
  CHECK(note({"", ""}) == "2 machines are from the inventory, never seen by a scan");
  CHECK(note({"", "yesterday"}) == "2 machines are from the inventory, last seen nobody knows when");
}
