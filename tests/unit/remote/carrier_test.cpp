// What is kept of a transport for the next question of the same command line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/carrier.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

using namespace ctys;
using namespace ctys::remote;

namespace {

std::pair<Fd, Fd> both_ends() {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

pid_t child_that_waits() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::pause();
    ::_exit(0);
  }
  return pid;
}

model::Target host(const char* name) {
  return model::parse_target(name).value();
}

struct Lab {
  pid_t pid = child_that_waits();
  Fd far_control;
  std::array<Fd, 2> far;

  Lab() {
    auto [control, its_control] = both_ends();
    far_control = std::move(its_control);
    Kept kept{Carrier(pid, std::move(control)), "way", {}};
    for (std::size_t i = 0; i < far.size(); ++i) {
      auto [near_end, far_end] = both_ends();
      far[i] = std::move(far_end);
      kept.hosts.push_back({host(i == 0 ? "h1" : "h2"), i + 5, std::move(near_end)});
    }
    keep(std::move(kept));
  }
  // It was a child of ours, and waited for.
  [[nodiscard]] bool has_ended() const { return ::kill(pid, 0) != 0 && errno == ESRCH; }
};

}  // namespace

TEST_CASE("a host that waits is asked again, and those that are not wanted are left") {
  const Lab lab;
  const auto wanted = host("h2");
  const std::array targets{&wanted};
  {
    const auto kept = take_kept(targets, "way");
    REQUIRE(kept);
    REQUIRE(kept->hosts.size() == 1);
    CHECK(kept->hosts[0].number == 6);
    CHECK_FALSE(lab.has_ended());
    char byte = 0;
    CHECK(::recv(lab.far[0].get(), &byte, 1, MSG_DONTWAIT) == 0);
    CHECK(::recv(lab.far[1].get(), &byte, 1, MSG_DONTWAIT) == -1);
  }
  CHECK(lab.has_ended());
}

TEST_CASE("what does not serve is ended") {
  const auto one = host("h1");
  const auto other = host("h3");
  SECTION("another way") {
    const Lab lab;
    const std::array targets{&one};
    CHECK_FALSE(take_kept(targets, "another"));
    CHECK(lab.has_ended());
  }
  SECTION("one host more") {
    const Lab lab;
    const std::array targets{&one, &other};
    CHECK_FALSE(take_kept(targets, "way"));
    CHECK(lab.has_ended());
  }
  SECTION("two questions at once to one host") {
    const Lab lab;
    const std::array targets{&one, &one};
    CHECK_FALSE(take_kept(targets, "way"));
    CHECK(lab.has_ended());
  }
  SECTION("a host that has gone") {
    Lab lab;
    lab.far[0].reset();
    const std::array targets{&one};
    CHECK_FALSE(take_kept(targets, "way"));
    CHECK(lab.has_ended());
  }
  SECTION("a host that speaks without being asked") {
    const Lab lab;
    REQUIRE(::write(lab.far[0].get(), "x", 1) == 1);
    const std::array targets{&one};
    CHECK_FALSE(take_kept(targets, "way"));
    CHECK(lab.has_ended());
  }
}

TEST_CASE("a child that was forked since uses nothing of it, and ends nothing") {
  const Lab lab;
  const auto wanted = host("h1");
  const std::array targets{&wanted};
  const pid_t child = ::fork();
  if (child == 0) {
    // The numbers of its descriptors are those of others now.
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    while (::open("/dev/null", O_RDONLY | O_CLOEXEC) < 100) {
    }
    if (take_kept(targets, "way")) ::_exit(1);
    for (int fd = 3; fd <= 100; ++fd)
      if (::fcntl(fd, F_GETFD) < 0) ::_exit(2);
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK_FALSE(lab.has_ended());
  CHECK(take_kept(targets, "way"));
  CHECK(lab.has_ended());
}
