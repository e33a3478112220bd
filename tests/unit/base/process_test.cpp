// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/process.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

TEST_CASE("in a child the signals are as usual, and what a terminal sends to all stays ignored") {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int number : {SIGHUP, SIGTERM}) (void)::signal(number, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    reset_signals();
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    const bool good = is_ignored(SIGHUP) && !is_ignored(SIGTERM) && !is_ignored(SIGINT) &&
                      is_ignored(SIGPIPE) && sigismember(&blocked, SIGUSR1) == 0;
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a process that goes on says that it is at work, or why not") {
  const std::string what = "cannot go on";
  const auto echo = [](Fd line) {
    tell_start(line, {});
    std::array<char, 16> word{};
    const auto n = ::recv(line.get(), word.data(), word.size(), 0);
    if (n > 0) (void)::send(line.get(), word.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL);
  };
  const auto line = start_apart(what, echo);
  REQUIRE(line);
  REQUIRE(::send(line->get(), "word", 4, MSG_NOSIGNAL) == 4);
  std::array<char, 16> word{};
  CHECK(::recv(line->get(), word.data(), word.size(), 0) == 4);
  CHECK(::recv(line->get(), word.data(), word.size(), 0) == 0);  // it has ended
  CHECK(::waitpid(-1, nullptr, WNOHANG) < 0);                    // and is nothing to reap

  const auto refused = [&](const Error& error) {
    return start_apart(what, [&](const Fd& far) { tell_start(far, tl::unexpected<Error>(error)); }).error();
  };
  CHECK(refused({Exit::failed, what, "no room", "make some"}).why == "no room");
  CHECK(refused({Exit::failed, what, "no room", "make some"}).fix == "make some");
  CHECK(refused({Exit::failed, "cannot write x", "no room"}).why == "cannot write x: no room");
  CHECK(refused({Exit::failed, "cannot write x"}).summary == what);
  CHECK(refused({Exit::failed, what, std::string(10'000, 'x')}).why == "no process can be started for it");
  CHECK(start_apart(what, [](const Fd&) { ::_exit(3); }).error().why == "no process can be started for it");
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
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[1]);
  const auto ended = output_of(Words{"sleep", "60"}, 100, kPlenty, ends[0]);
  ::close(ends[0]);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().why == "somebody has ended it");
  CHECK_FALSE(output_of(Words{"no-such-program-here"}, 100, kPlenty));
}
