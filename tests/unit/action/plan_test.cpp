// The words of plans: what is known of a machine's state is told, and no refusal is promised away.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/plan.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

using namespace ctys;
using action::step_of;
using model::CreateMode;
using namespace std::literals;

namespace {

model::CreateOptions in_mode(CreateMode mode, const char* boot = "") {
  model::CreateOptions options;
  options.mode = mode;
  options.boot_mode = boot;
  return options;
}

model::Record in_state(const char* state) {
  model::Record machine;
  return machine.set(Field::label, "web01").set(Field::state, state);
}

std::pair<Exit, std::string> why_not(const model::CreateOptions& options, const char* state) {
  const auto error = step_of(options, in_state(state)).error();
  return {error.code, error.why};
}

}  // namespace

TEST_CASE("a plan promises no start that would be refused") {
  CHECK(step_of(in_mode(CreateMode::start), in_state("stopped")).value() == "start");
  CHECK(why_not(in_mode(CreateMode::start), "running") == std::pair(Exit::refused, "it is running"s));
  CHECK(why_not(in_mode(CreateMode::start), "paused") == std::pair(Exit::refused, "it is paused"s));
  for (const auto mode : {CreateMode::start, CreateMode::reuse, CreateMode::resume})
    CHECK(why_not(in_mode(mode), "crashed").first == Exit::refused);
  CHECK(step_of(in_mode(CreateMode::connect), in_state("crashed")));
  CHECK(why_not(in_mode(CreateMode::reuse), "dumping") ==
        std::pair(Exit::refused, "it has crashed and its memory is being dumped"s));
  CHECK(why_not(in_mode(CreateMode::connect), "stopped") == std::pair(Exit::failed, "it is not running"s));
  CHECK(step_of(in_mode(CreateMode::resume), in_state("saved")).value() == "restore it from its saved state");
  CHECK(step_of(in_mode(CreateMode::start), in_state("saved")).value() == "restore it from its saved state");
  CHECK(step_of(in_mode(CreateMode::reuse), in_state("paused")).value() == "resume it");
  CHECK(step_of(in_mode(CreateMode::connect), in_state("paused")).value() == "connect, leave it paused");
  CHECK(step_of(in_mode(CreateMode::reconnect), in_state("running")).value() ==
        "leave it running, close its windows");
  CHECK(why_not(in_mode(CreateMode::resume), "stopped") ==
        std::pair(Exit::failed, "it is neither paused nor saved"s));
}

TEST_CASE("nor another boot of a machine that runs or is saved") {
  CHECK(step_of(in_mode(CreateMode::reuse, "HDD"), in_state("stopped")).value() ==
        "start unless it is running, boot from HDD");
  for (const auto* state : {"running", "paused"})
    CHECK(why_not(in_mode(CreateMode::reuse, "HDD"), state) ==
          std::pair(Exit::refused, "it is running, from what it was started with"s));
  CHECK(why_not(in_mode(CreateMode::reuse, "HDD"), "saved").first == Exit::refused);
  CHECK(step_of(in_mode(CreateMode::reuse), in_state("running")).value() == "leave it running");
}

TEST_CASE("a plan takes no power that would be left") {
  model::CancelOptions options;
  const auto step = [&](const char* state = "running",
                        std::optional<std::chrono::milliseconds> deadline = {}) {
    return step_of(options, in_state(state), deadline);
  };
  CHECK(step().value() == "shut down, power off after 20 s");
  CHECK(step("running", 2s).value() == "shut down within 2 s, or fail");
  CHECK(step("stopped").value() == "nothing: it is off");
  CHECK(step("crashed").value() == "power off at once");
  CHECK(step("dumping").value() == "wait for the dump of its memory, then power off");
  options.force = true;
  CHECK(step("dumping").value() == "power off at once, which loses the dump of its memory");
  options.force = false;
  CHECK(step("paused").value() == "resume it, shut down, power off after 20 s");
  options.wait = false;
  CHECK(step().value() == "ask it to shut down, without waiting for it");
  options.method = model::CancelMethod::suspend;
  CHECK(step().error().code == Exit::refused);
  options.wait = true;
  CHECK(step().value() == "save to disk");
  CHECK(step("saved").value() == "nothing: it is off, its saved state is kept");
  CHECK(step("stopped").error().why == "it is not running");
  options.level = 3;
  for (const auto method : {model::CancelMethod::reset, model::CancelMethod::reboot,
                            model::CancelMethod::pause, model::CancelMethod::init}) {
    options.method = method;
    CHECK(step("saved").error().why == "it is saved, not running");
    CHECK(step("stopped").error().code == Exit::failed);
  }
  options.method = model::CancelMethod::pause;
  CHECK(step("paused").value() == "nothing: it is paused");
}
