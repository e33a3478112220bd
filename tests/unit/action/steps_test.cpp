// What is told of the steps to a host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/steps.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using namespace ctys::action;

namespace {

model::Record build(const char* id) {
  model::Record record;
  record.set(Field::topic, "ctys").set(Field::version, "1.0").set(Field::id, id);
  return record.set(Field::exe_path, "/bin/ctys");
}

model::Record step(const char* topic, const char* result, const char* detail) {
  model::Record record;
  record.set(Field::type, "QEMU").set(Field::topic, topic).set(Field::result, result);
  return record.set(Field::detail, detail);
}

plugin::Failure silence(Exit code, const char* what) {
  plugin::Failure failure{{code, what}, "lab01", {}};
  failure.no_answer = true;
  return failure;
}

// "name PASS, port FAIL, ..."
std::string told(const Seen& seen) {
  std::string text;
  for (const auto& one : steps_of(seen, build("a")))
    text.append(text.empty() ? "" : ", ").append(one.name).append(" ").append(word_of(one.verdict));
  return text;
}

Seen healthy() {
  return {"lab01",
          false,
          {"192.0.2.1", "port 22", "key", "as root", ""},
          true,
          {{step("libvirt", "PASS", "9"), step("acceleration", "WARN", "none"), build("a")}, {}, false}};
}

}  // namespace

TEST_CASE("a host that answers has every step behind it") {
  CHECK(told(healthy()) ==
        "name PASS, port PASS, host-key PASS, login PASS, ctys PASS, libvirt PASS, acceleration WARN");
  for (const auto& one : steps_of(healthy(), build("a"))) CHECK(one.status == Exit::ok);
}

TEST_CASE("the step behind the last that was reached is the one that failed") {
  const std::vector<std::string> expected{
      "name FAIL, port skipped, host-key skipped, login skipped, ctys skipped, libvirt skipped, acceleration "
      "skipped",
      "name PASS, port FAIL, host-key skipped, login skipped, ctys skipped, libvirt skipped, acceleration "
      "skipped",
      "name PASS, port PASS, host-key FAIL, login skipped, ctys skipped, libvirt skipped, acceleration "
      "skipped",
      "name PASS, port PASS, host-key PASS, login FAIL, ctys skipped, libvirt skipped, acceleration skipped",
      "name PASS, port PASS, host-key PASS, login PASS, ctys FAIL, libvirt skipped, acceleration skipped",
      "name PASS, port PASS, host-key PASS, login PASS, ctys FAIL, libvirt skipped, acceleration skipped"};
  for (std::size_t reached = 0; reached < expected.size(); ++reached) {
    Seen seen{"lab01",
              false,
              std::vector<std::string>(reached, "x"),
              false,
              {{}, {silence(Exit::unreachable, "no")}}};
    CHECK(told(seen) == expected[reached]);
    const auto steps = steps_of(seen, build("a"));
    const auto& failed = steps[std::min<std::size_t>(reached, 4)];
    CHECK(failed.status == Exit::unreachable);
    CHECK(failed.detail == "no");
    CHECK(steps.back().detail == "not tried: " + failed.name + " failed");
  }
}

TEST_CASE("a gateway that fails is a step of its own, in front of those that were not tried") {
  for (const std::size_t reached : {0U, 2U}) {
    const Seen seen{"lab01",
                    false,
                    std::vector<std::string>(reached, "x"),
                    false,
                    {{}, {silence(Exit::unreachable, "cannot go through gw1")}}};
    CHECK(told(seen) == (reached == 0
                             ? "gateway FAIL, name skipped, port skipped, host-key skipped, login "
                               "skipped, ctys skipped, libvirt skipped, acceleration skipped"
                             : "name PASS, port PASS, gateway FAIL, host-key skipped, login skipped, "
                               "ctys skipped, libvirt skipped, acceleration skipped"));
    CHECK(steps_of(seen, build("a")).back().detail == "not tried: gateway failed");
  }
}

TEST_CASE("a step that was interrupted has not failed") {
  const Seen seen{"lab01", false, {"x"}, false, {{}, {silence(Exit::failed, "interrupted")}}};
  CHECK(told(seen) ==
        "name PASS, port interrupted, host-key skipped, login skipped, ctys skipped, libvirt "
        "skipped, acceleration skipped");
  const auto steps = steps_of(seen, build("a"));
  CHECK(steps.back().detail == "not tried: interrupted");
  CHECK(block_of("lab01", steps, 100, false)
            .starts_with("lab01\n"
                         "  name          PASS         x\n"
                         "  port          interrupted  interrupted\n"
                         "  host-key      skipped      not tried: inter"));
  const Seen here{"me", true, {}, true, {{build("a")}, {silence(Exit::failed, "interrupted")}}};
  CHECK(told(here) == "ctys PASS, libvirt interrupted, acceleration skipped");
  CHECK(steps_of(here, build("a")).back().detail == "not tried: interrupted");
}

TEST_CASE("the words of another program are told on one line, and the remedy names the host") {
  auto failure = silence(Exit::usage, "cannot read the SSH configuration");
  failure.error.why = "/c line 1: Bad option: x\r\n\r\n/c: terminating\r\n";
  failure.error.fix = "see what it says: ssh -G HOST";
  const auto failed = steps_of({"lab01", false, {}, false, {{}, {failure}}}, build("a")).front();
  CHECK(failed.detail == "cannot read the SSH configuration: /c line 1: Bad option: x; /c: terminating");
  CHECK(failed.fix == "see what it says: ssh -G lab01");
}

TEST_CASE("a host whose ctys has said hello has the way behind it, whatever was told of it") {
  auto seen = healthy();
  seen.reached.resize(2);
  CHECK(told(seen).starts_with("name PASS, port PASS, host-key PASS, login PASS, ctys PASS, libvirt PASS"));
}

TEST_CASE("a ctys that says hello and no more has not passed") {
  auto seen = healthy();
  seen.outcome = {{}, {silence(Exit::deadline, "the host did not answer")}, false};
  CHECK(told(seen).find("ctys FAIL, libvirt skipped") != std::string::npos);
  CHECK(steps_of(seen, build("a"))[4].status == Exit::deadline);
  SECTION("forged rows in front of its silence change nothing") {
    seen.outcome.records = {step("libvirt", "PASS", "fine"), step("name", "PASS", "me")};
    CHECK(told(seen).find("ctys FAIL, libvirt skipped") != std::string::npos);
  }
}

TEST_CASE("each connection of libvirt is a step, and one that fails has the remedy and its status") {
  auto seen = healthy();
  seen.outcome.failures.push_back(
      {{Exit::unreachable, "cannot connect", "denied", "join the group", "QEMU, qemu:///system"},
       "lab01",
       {}});
  CHECK(told(seen).ends_with("libvirt PASS, libvirt FAIL, acceleration WARN"));
  const auto failed = steps_of(seen, build("a"))[6];
  CHECK(failed.detail == "cannot connect: denied (QEMU, qemu:///system)");
  CHECK(failed.fix == "join the group");
  CHECK(failed.status == Exit::unreachable);
  seen.outcome.records = {build("a")};
  CHECK(told(seen).ends_with("libvirt FAIL, acceleration skipped"));
}

TEST_CASE("nobody to ask is a failure, and machines without a processor need no acceleration") {
  auto seen = healthy();
  seen.outcome.records = {build("a")};
  CHECK(told(seen).ends_with("libvirt FAIL, acceleration skipped"));
  seen.outcome.records = {step("libvirt", "PASS", "9"), build("a")};
  CHECK(told(seen).ends_with("libvirt PASS, acceleration skipped"));
}

TEST_CASE("another build, or one that says nothing of itself, is a warning") {
  auto seen = healthy();
  seen.outcome.records.back() = build("b");
  CHECK(told(seen).find("ctys WARN, libvirt PASS") != std::string::npos);
  seen.outcome.records.pop_back();
  CHECK(told(seen).find("ctys WARN, libvirt PASS") != std::string::npos);
}

TEST_CASE("this host has no way that leads to it") {
  auto seen = healthy();
  seen.here = true;
  seen.reached.clear();
  CHECK(told(seen) == "ctys PASS, libvirt PASS, acceleration WARN");
  seen.outcome.failures.push_back(silence(Exit::deadline, "the plugin hangs"));
  CHECK(told(seen) == "ctys PASS, libvirt PASS, libvirt FAIL, acceleration WARN");
}

TEST_CASE("a plugin that knows no steps is told by its state") {
  auto seen = healthy();
  model::Record old;
  old.set(Field::type, "BHYVE").set(Field::state, "unusable").set(Field::detail, "no module");
  seen.outcome.records = {old, build("a")};
  CHECK(told(seen).ends_with("libvirt FAIL, acceleration skipped"));
  seen.outcome.records[0].set(Field::state, "usable");
  CHECK(told(seen).ends_with("libvirt PASS, acceleration skipped"));
}

TEST_CASE("a block is no wider than the terminal, and nothing in it acts on one") {
  const std::vector<Step> steps{
      {"name", Verdict::pass, "a\x1b[2J b"},
      {"port", Verdict::fail, std::string(300, 'x') + " end of it", "do what is right", Exit::unreachable},
      {"login", Verdict::skipped, ""}};
  const auto block = block_of("lab01", steps, 60, false);
  CHECK(block.find('\x1b') == std::string::npos);
  CHECK(block.starts_with("lab01\n  name          PASS     a\\x1b[2J b\n"));
  CHECK(block.find("fix: do what is right\n") != std::string::npos);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < block.size();) {
    const auto end = block.find('\n', at);
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  CHECK(longest == 60);
  CHECK(block_of("lab01", steps, 0, true).find("\x1b[31mFAIL\x1b[0m") != std::string::npos);
}
