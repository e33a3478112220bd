// What is said of machines whose worker was ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/aftermath.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace ctys;
using model::Record;

namespace {

Record machine(const std::string& type, const std::string& label, const std::string& uuid) {
  Record record;
  record.set(Field::type, type).set(Field::label, label).set(Field::uuid, uuid);
  return record;
}

plugin::Outcome ended(Error error) {
  plugin::Outcome outcome;
  outcome.failures.push_back({std::move(error), "here", "GOOD"});
  outcome.failures.back().unfinished = true;
  return outcome;
}

}  // namespace

TEST_CASE("a machine whose worker was ended is asked for once more, and has its row") {
  ::setenv("CTYS_PLUGIN_PATH", TEST_BUILD "/tests/plugins", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const std::vector<Record> machines{machine("GOOD", "good1", "6695eb01-f6a4-8304-79aa-97f2502e1931"),
                                     machine("GOOD", "done", "6695eb01-f6a4-8304-79aa-97f2502e1939"),
                                     machine("GOOD", "lost", "6695eb01-f6a4-8304-79aa-97f2502e1938")};
  std::vector<plugin::Outcome> outcomes{
      ended({Exit::deadline, "GOOD did not answer within 5 s", "it was waiting for ssh", "more"}),
      {},
      ended({Exit::failed, "interrupted"})};
  outcomes[1].records.push_back(Record(machines[1]).set(Field::result, "done"));
  action::tell_aftermath(machines, outcomes, "start");

  const auto& late = outcomes[0].failures.at(0).error;
  CHECK(late.code == Exit::deadline);
  CHECK(late.summary == "the time to start good1 is over");
  CHECK(late.why == "it was waiting for ssh; it is stopped now");
  CHECK(late.fix.find("--deadline") != std::string::npos);
  REQUIRE(outcomes[0].records.size() == 1);
  CHECK(outcomes[0].records[0].get(Field::result) == "unknown");
  CHECK(outcomes[0].records[0].get(Field::state) == "stopped");

  REQUIRE(outcomes[1].records.size() == 1);
  CHECK(outcomes[1].records[0].get(Field::result) == "done");

  CHECK(outcomes[2].failures.at(0).error.summary == "interrupted, the attempt to start lost was given up");
  CHECK(outcomes[2].failures.at(0).error.why == "what became of it is not known");
  REQUIRE(outcomes[2].records.size() == 1);
  CHECK(outcomes[2].records[0].get(Field::state) == "unknown");
}
