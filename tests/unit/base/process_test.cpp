// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/process.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

using namespace ctys;

TEST_CASE("a process is known by pid and start time") {
  const auto self = identify(::getpid());
  REQUIRE(self);
  CHECK(is_alive(*self));
  CHECK_FALSE(is_alive({self->pid, self->start + 1}));
  CHECK_FALSE(send_signal({self->pid, self->start + 1}, SIGKILL));
}

TEST_CASE("a detached program is found again, ended, and gone") {
  const std::array<std::string, 2> argv{"sleep", "60"};
  const auto started = start_detached(argv);
  REQUIRE(started);
  CHECK(is_alive(*started));
  CHECK(::getpgid(started->pid) != ::getpgrp());
  CHECK(send_signal(*started, SIGTERM));
  CHECK(wait_gone(*started, 20000));
  CHECK_FALSE(is_alive(*started));
}

TEST_CASE("a detached program is known before it runs, and never runs when that is unwanted") {
  const auto mark = std::filesystem::temp_directory_path() / ("ctys-mark-" + std::to_string(::getpid()));
  const std::array<std::string, 2> argv{"touch", mark.string()};
  ProcessId known;
  const auto refused = start_detached(argv, [&](const ProcessId& process) -> Result<void> {
    known = process;
    CHECK(is_alive(process));
    return fail(Exit::failed, "no");
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().summary == "no");
  CHECK(wait_gone(known, 20000));
  CHECK_FALSE(std::filesystem::exists(mark));

  const std::array<std::string, 2> wanted{"sleep", "60"};
  const auto started = start_detached(wanted, [&](const ProcessId& process) -> Result<void> {
    known = process;
    return {};
  });
  REQUIRE(started);
  CHECK(*started == known);
  CHECK(send_signal(*started, SIGKILL));
}

TEST_CASE("a program that cannot start is an error that names it") {
  const std::array<std::string, 1> nowhere{"no-such-program-anywhere"};
  const auto started = start_detached(nowhere);
  REQUIRE_FALSE(started);
  CHECK(started.error().summary == "cannot start no-such-program-anywhere");
}

TEST_CASE("what a program prints is read, in bounds of size and time") {
  using Words = std::vector<std::string>;
  using std::chrono::milliseconds;
  constexpr milliseconds kPlenty{30000};
  CHECK(output_of(Words{"echo", "one"}, 100, kPlenty).value() == "one\n");
  CHECK(output_of(Words{"sh", "-c", "echo out; echo err >&2; exit 3"}, 100, kPlenty).value() == "out\nerr\n");
  CHECK(output_of(Words{"yes"}, 100, kPlenty).value().size() == 100);
  CHECK(output_of(Words{"cat"}, 100, kPlenty).value().empty());
  const auto late = output_of(Words{"sleep", "60"}, 100, milliseconds(20));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Exit::deadline);
  CHECK_FALSE(output_of(Words{"no-such-program-here"}, 100, kPlenty));
}
