// Bad plugins harm nobody: what collect() makes of each of them, and that nothing of them is left.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/collect.hpp"

#include "base/process.hpp"
#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using ctys::Exit;
using ctys::Field;
using ctys::plugin::collect;
using ctys::plugin::Outcome;
using ctys::wire::Call;
using Clock = std::chrono::steady_clock;

constexpr int kAmple = 60'000;  // milliseconds, for what must end by itself
constexpr int kShort = 400;     // for what must be ended

Call list_of(const std::string& type, int deadline_ms = kAmple) {
  ::setenv("CTYS_PLUGIN_PATH", TEST_BUILD "/tests/plugins", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  Call call;
  call.verb = ctys::wire::Verb::list;
  call.type = type;
  call.asked_by_type = true;
  call.deadline_ms = deadline_ms;
  return call;
}

// Processes whose parent is this one.
std::vector<std::string> processes_left() {
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    if (!std::getline(stat, line)) continue;
    const auto fields = ctys::text::split(std::string_view(line).substr(line.rfind(')') + 2), ' ');
    if (fields.size() > 1 && fields[1] == std::to_string(::getpid())) left.push_back(line);
  }
  return left;
}

std::size_t count(const Outcome& outcome, const std::string& label) {
  return static_cast<std::size_t>(
      std::count_if(outcome.records.begin(), outcome.records.end(),
                    [&](const auto& record) { return record.get(Field::label) == label; }));
}

// The bad plugin between two good calls: they must not notice.
Outcome between_good_ones(const std::string& bad, int deadline_ms = kAmple) {
  const std::vector<Call> calls{list_of("GOOD"), list_of(bad, deadline_ms), list_of("GOOD")};
  const auto outcome = collect(calls, {});
  CAPTURE(bad);
  CHECK(count(outcome, "good1") == 2);
  CHECK(count(outcome, "good2") == 2);
  CHECK(processes_left().empty());
  return outcome;
}

}  // namespace

TEST_CASE("a plugin that behaves delivers its records, with host and type filled in") {
  const std::vector<Call> calls{list_of("GOOD")};
  const auto outcome = collect(calls, {});
  REQUIRE(outcome.failures.empty());
  REQUIRE(outcome.records.size() == 2);
  CHECK(outcome.records[0].get(Field::label) == "good1");
  CHECK(outcome.records[0].get(Field::type) == "GOOD");
  CHECK_FALSE(outcome.records[0].get(Field::host).empty());
}

TEST_CASE("options reach the plugin, and its errors arrive with reason, remedy and place") {
  auto call = list_of("GOOD");
  call.options = {{"ALL", ""}};
  CHECK(collect({&call, 1}, {}).records.at(0).get(Field::state) == "stopped");
  call.verb = ctys::wire::Verb::cancel;
  call.address = {{"LABEL", "good1"}};
  const auto outcome = collect({&call, 1}, {});
  REQUIRE(outcome.failures.size() == 1);
  const auto& error = outcome.failures[0].error;
  CHECK(error.code == Exit::failed);
  CHECK(error.summary == "cannot stop it");
  CHECK(error.why == "this plugin only plays one");
  CHECK(error.fix == "use a real one");
  CHECK(error.where.find("GOOD") != std::string::npos);
}

TEST_CASE("a plugin that ends badly is one failure, and what it had sent before is kept") {
  for (const auto* bad : {"CRASH", "EXITS", "GARBAGE", "LONGLINE", "THROWS"}) {
    const auto outcome = between_good_ones(bad);
    CAPTURE(bad);
    CHECK(count(outcome, "before") == 1);
    REQUIRE(outcome.failures.size() == 1);
    CHECK(outcome.failures[0].type == bad);
    CHECK_FALSE(outcome.failures[0].error.summary.empty());
  }
}

TEST_CASE("the failure says how the plugin ended") {
  CHECK(between_good_ones("CRASH").failures.at(0).error.summary == "plugin CRASH crashed");
  CHECK(between_good_ones("EXITS").failures.at(0).error.why == "it called exit(0)");
  CHECK(between_good_ones("THROWS").failures.at(0).error.why == "boom");
}

TEST_CASE("a plugin that ended where few descriptors are allowed is not called broken") {
  const auto call = list_of("EXITS");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 63;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  const auto outcome = collect(std::vector<Call>{call}, {});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(outcome.failures.size() == 1);
  const auto& error = outcome.failures.front().error;
  CHECK(error.why.find("63 files") != std::string::npos);
  CHECK(error.fix.find("ulimit -n") != std::string::npos);
}

TEST_CASE("a plugin that hangs is ended at its deadline") {
  for (const auto* bad : {"HANG", "LOADHANG"}) {
    const auto start = Clock::now();
    const auto outcome = between_good_ones(bad, kShort);
    const auto took = Clock::now() - start;
    CAPTURE(bad);
    REQUIRE(outcome.failures.size() == 1);
    CHECK(outcome.failures[0].error.code == Exit::deadline);
    CHECK(outcome.failures[0].type == bad);
    CHECK(took >= std::chrono::milliseconds(kShort));
    CHECK(took < 20s);
  }
}

TEST_CASE("a plugin that closes its descriptors and hangs is ended too") {
  const auto start = Clock::now();
  const auto outcome = between_good_ones("CLOSES", kShort);
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].type == "CLOSES");
  CHECK(Clock::now() - start < 20s);
}

TEST_CASE("a plugin that sends without end is cut off") {
  const auto outcome = between_good_ones("FLOOD");
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].error.summary == "plugin FLOOD sent more than ctys takes");
}

TEST_CASE("what a plugin starts ends with its worker") {
  const auto call = list_of("FORKS");
  const auto outcome = collect({&call, 1}, {});
  REQUIRE(outcome.records.size() == 1);
  const auto child = ctys::text::number(outcome.records[0].get(Field::pid));
  REQUIRE(child);
  const auto process = ctys::identify(static_cast<pid_t>(*child));
  CHECK((!process || ctys::wait_gone(*process, 20'000)));
  CHECK(processes_left().empty());
}

TEST_CASE("a deadline of which some was used up is told as it was given") {
  auto call = list_of("HANG", kShort);
  call.whole_ms = 2000;
  const auto outcome = collect(std::vector<Call>{call}, {});
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].error.summary == "HANG did not answer within 2 s");
}

TEST_CASE("files that are no fitting plugin are refused with a reason") {
  const auto why = [](const char* type) {
    const auto outcome = between_good_ones(type);
    REQUIRE(outcome.failures.size() == 1);
    return outcome.failures[0].error.why;
  };
  CHECK(why("NEWMAJOR") == "it needs plugin interface 9.0, ctys has 1.4");
  CHECK(why("NEWMINOR") == "it needs plugin interface 1.99, ctys has 1.4");
  CHECK(why("NOSYMBOL") == "it is no ctys plugin: it has no ctys_plugin_entry");
  CHECK(why("NULLTABLE") == "it is no ctys plugin: its table has a wrong mark");
  CHECK(why("UNRESOLVED").find("undefined symbol") != std::string::npos);
  CHECK(why("WRITABLE") == "everybody may write to it");
  CHECK_FALSE(why("CORRUPT").empty());
  CHECK_FALSE(why("EMPTY").empty());
}

TEST_CASE("a plugin that crashes while it is loaded is a failure") {
  CHECK(between_good_ones("LOADCRASH").failures.size() == 1);
}

TEST_CASE("a type without a plugin is a failure that names the types there are") {
  const auto outcome = between_good_ones("NOBODY");
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].error.fix.find("GOOD") != std::string::npos);
}

TEST_CASE("a binary built for an older minor version still works") {
  const auto call = list_of("OLDMINOR");
  const auto outcome = collect({&call, 1}, {});
  REQUIRE(outcome.failures.empty());
  CHECK(outcome.records.at(0).get(Field::label) == "from-old-binary");
}

TEST_CASE("every bad plugin at once: the good ones answer, and all are gone") {
  std::vector<Call> calls;
  for (const auto* type :
       {"HANG", "CRASH", "GOOD", "FLOOD", "GARBAGE", "CLOSES", "EXITS", "LOADHANG", "GOOD"})
    calls.push_back(list_of(type, std::string_view(type) == "GOOD" ? kAmple : 2 * kShort));
  const auto outcome = collect(calls, {});
  CHECK(count(outcome, "good1") == 2);
  CHECK(outcome.failures.size() == 7);
  CHECK(processes_left().empty());
}

TEST_CASE("a worker that somebody kills is no bug of its plugin") {
  for (const int number : {SIGKILL, SIGSEGV}) {
    const std::vector<Call> calls{list_of("HANG")};
    ctys::plugin::Options options;
    options.progress = [number](std::string_view) {
      for (const auto& stat : processes_left()) (void)::kill(std::stoi(stat), number);
    };
    const auto outcome = collect(calls, options);
    REQUIRE(outcome.failures.size() == 1);
    CHECK(outcome.failures[0].unfinished);
    CHECK((outcome.failures[0].error.summary == "the worker of plugin HANG was killed") ==
          (number == SIGKILL));
    CHECK((outcome.failures[0].error.fix.find("report") == std::string::npos) == (number == SIGKILL));
  }
}

TEST_CASE("an interrupt ends what is still open and keeps what has arrived") {
  for (const int number : {SIGINT, SIGTERM}) {
    const std::vector<Call> calls{list_of("HANG")};
    ctys::plugin::Options options;
    options.progress = [number](std::string_view) { (void)::raise(number); };  // it hangs from here on
    const auto start = Clock::now();
    const auto outcome = collect(calls, options);
    CHECK(Clock::now() - start < 20s);
    CHECK(count(outcome, "before") == 1);
    REQUIRE(outcome.failures.size() == 1);
    CHECK(outcome.failures[0].error.summary == "interrupted");
    CHECK(processes_left().empty());
  }
}
