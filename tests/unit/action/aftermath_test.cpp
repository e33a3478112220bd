// What is said of machines whose worker was ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/aftermath.hpp"

#include "plugin/conversation.hpp"
#include "wire/message.hpp"

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
  outcome.failures.back().no_answer = true;
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
  CHECK(late.why == "it was waiting for ssh; it is stopped now, and what it was asked for may still happen");
  CHECK(late.fix.find("--deadline") != std::string::npos);
  REQUIRE(outcomes[0].records.size() == 1);
  CHECK(outcomes[0].records[0].get(Field::result) == "unknown");
  CHECK(outcomes[0].records[0].get(Field::state) == "stopped");

  REQUIRE(outcomes[1].records.size() == 1);
  CHECK(outcomes[1].records[0].get(Field::result) == "done");

  CHECK(outcomes[2].failures.at(0).error.summary == "interrupted while it was to start lost");
  CHECK(outcomes[2].failures.at(0).error.why == "what became of it is not known");
  REQUIRE(outcomes[2].records.size() == 1);
  CHECK(outcomes[2].records[0].get(Field::state) == "unknown");
}

TEST_CASE("what was asked for and has happened is not called given up, nor what may still happen") {
  ::setenv("CTYS_PLUGIN_PATH", TEST_BUILD "/tests/plugins", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const std::vector<Record> machines{machine("GOOD", "good1", "6695eb01-f6a4-8304-79aa-97f2502e1931")};
  const auto told = [&](Exit code, const char* doing) {
    std::vector<plugin::Outcome> outcomes{ended({code, "interrupted"})};
    action::tell_aftermath(machines, outcomes, doing);
    return outcomes[0];
  };
  const auto saving = told(Exit::failed, "suspend");
  const auto& error = saving.failures.at(0).error;
  CHECK(error.summary == "interrupted while it was to suspend good1");
  CHECK(error.why == "it is stopped now, and what it was asked for may still happen");
  CHECK(error.fix == "look before you run it again: ctys list --all good1");
  CHECK(saving.records.at(0).get(Field::result) == "unknown");

  const auto stopped = told(Exit::failed, "stop");
  CHECK(stopped.failures.at(0).error.summary == "interrupted, but good1 is stopped now");
  CHECK(stopped.failures.at(0).error.fix == "nothing is left to do");
  CHECK(stopped.records.at(0).get(Field::result) == "done");
  CHECK(stopped.records.at(0).get(Field::detail) == "interrupted, but it is stopped now");

  const auto late = told(Exit::deadline, "stop");
  CHECK(late.failures.at(0).error.code == Exit::deadline);
  CHECK(late.failures.at(0).error.summary == "the time to stop good1 is over, but good1 is stopped now");
  CHECK(late.records.at(0).get(Field::detail) == "late, but it is stopped now");

  std::vector<plugin::Outcome> killed{
      ended({Exit::failed, "the worker was killed", "by SIGKILL", "see why"})};
  action::tell_aftermath(machines, killed, "start");
  CHECK(killed[0].failures.at(0).error.summary == "the worker was killed while it was to start good1");
  CHECK(killed[0].failures.at(0).error.why ==
        "by SIGKILL; it is stopped now, and what it was asked for may still happen");
  CHECK(killed[0].failures.at(0).error.fix == "look before you run it again: ctys list --all good1; see why");
  CHECK(killed[0].records.at(0).get(Field::state) == "stopped");

  CHECK(told(Exit::failed, "reset").records.at(0).get(Field::result) == "unknown");
}

TEST_CASE("a host that tells a result and ends with a status that is none of it has contradicted itself") {
  const std::vector<Record> machines{machine("GOOD", "good1", "6695eb01-f6a4-8304-79aa-97f2502e1931")};
  const auto judged = [&](const char* result, int status) {
    plugin::Peer peer{"the host", {}, "h1"};
    peer.acts = true;
    plugin::Conversation talk(std::move(peer));
    talk.feed(wire::encode(wire::Hello{wire::kProtocol, "x", "1"}), {});
    if (*result != '\0') talk.feed(wire::encode(Record(machines[0]).set(Field::result, result)), {});
    talk.feed(wire::encode(wire::End{status}), {});
    std::vector<plugin::Outcome> outcomes{talk.take()};
    action::hold_to_results(machines, outcomes);
    action::tell_aftermath(machines, outcomes, "stop", false);
    return outcomes[0];
  };
  CHECK(judged("done", 0).failures.empty());
  for (const auto* result : {"done", "already"}) {
    const auto told = judged(result, 3);
    REQUIRE(told.failures.size() == 1);
    CHECK(told.failures[0].error.code == Exit::failed);
    CHECK(told.failures[0].error.why == "it ended with status 3 and no error");
    CHECK(told.failures[0].error.fix == "look whether it was done: ctys list --all");
    REQUIRE(told.records.size() == 1);
    CHECK(told.records[0].get(Field::result) == result);
  }
  const auto silent = judged("", 1);
  REQUIRE(silent.failures.size() == 1);
  CHECK(silent.failures[0].error.why ==
        "it ended with status 1 and no error; what became of it is not known");
  CHECK(silent.records.at(0).get(Field::result) == "unknown");
}

TEST_CASE("a host that ended well has told one result of each machine that it was asked for") {
  const std::vector<Record> machines{machine("GOOD", "good1", "6695eb01-f6a4-8304-79aa-97f2502e1931")};
  const auto judged = [&](std::vector<Record> told) {
    std::vector<plugin::Outcome> outcomes(1);
    outcomes[0].records = std::move(told);
    action::hold_to_results(machines, outcomes);
    action::tell_aftermath(machines, outcomes, "stop", false);
    return outcomes[0];
  };
  const auto done = Record(machines[0]).set(Field::result, "done");
  CHECK(judged({done}).failures.empty());
  CHECK(judged({done}).records.at(0).get(Field::result) == "done");
  // It may know the machine by less, or be of another opinion how to write its UUID.
  CHECK(judged({Record().set(Field::label, "good1").set(Field::result, "done")}).failures.empty());
  CHECK(judged({Record().set(Field::uuid, "6695EB01-F6A4-8304-79AA-97F2502E1931").set(Field::result, "done")})
            .failures.empty());
  // What is stored of a machine that ran may have another label: it is known by its UUID.
  CHECK(judged({Record(done).set(Field::label, "renamed")}).failures.empty());

  const auto other =
      machine("GOOD", "good1", "6695eb01-f6a4-8304-79aa-97f2502e1930").set(Field::result, "done");
  const auto unnamed = Record().set(Field::label, "good2").set(Field::result, "done");
  for (const auto& told : {std::vector<Record>{}, {other}, {unnamed}, {done, other}, {done, done}}) {
    const auto outcome = judged(told);
    REQUIRE(outcome.failures.size() == 1);
    CHECK(outcome.failures[0].error.code == Exit::failed);
    CHECK(outcome.failures[0].error.fix == "look before you run it again: ctys list --all good1");
    REQUIRE(outcome.records.size() == 1);
    CHECK(outcome.records[0].get(Field::label) == "good1");
    CHECK(outcome.records[0].get(Field::result) == "unknown");
  }
}
