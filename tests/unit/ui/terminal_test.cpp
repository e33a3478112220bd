// Tests of what a process finds out about its terminal: a child on a pseudo terminal, or with a pipe.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal.hpp"

#include "base/file.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <utility>

using ctys::ui::Terminal;

namespace {

// What terminal() says in a child whose stdout is `out` and whose stderr is a pipe.
Terminal seen_with(int out, std::initializer_list<std::pair<const char*, const char*>> environment) {
  std::array<int, 2> answer{};
  REQUIRE(::pipe(answer.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (const char* name : {"TERM", "COLUMNS", "NO_COLOR"}) ::unsetenv(name);
    for (const auto& [name, value] : environment) ::setenv(name, value, 1);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(answer[1], STDERR_FILENO);
    const Terminal found = ctys::ui::terminal();
    ::_exit(::write(answer[1], &found, sizeof found) == sizeof found ? 0 : 1);
  }
  const ctys::Fd from(answer[0]);
  ::close(answer[1]);
  Terminal found;
  REQUIRE(::read(from.get(), &found, sizeof found) == sizeof found);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return found;
}

// The side of a pseudo terminal that a program sees; the other side stays open with it.
struct Screen {
  Screen() : other(::posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(other);
    REQUIRE(::grantpt(other.get()) == 0);
    REQUIRE(::unlockpt(other.get()) == 0);
    std::array<char, 64> name{};
    REQUIRE(::ptsname_r(other.get(), name.data(), name.size()) == 0);
    side.reset(::open(name.data(), O_RDWR | O_NOCTTY));
    REQUIRE(side);
    winsize size{};
    size.ws_col = 133;
    REQUIRE(::ioctl(side.get(), TIOCSWINSZ, &size) == 0);
  }
  ctys::Fd other;
  ctys::Fd side;
};

}  // namespace

TEST_CASE("a terminal has the width the kernel says, or COLUMNS where it is a number") {
  const Screen screen;
  const auto plain = seen_with(screen.side.get(), {{"TERM", "xterm"}});
  CHECK(plain.out_is_terminal);
  CHECK_FALSE(plain.err_is_terminal);
  CHECK(plain.color);
  CHECK(plain.controls);
  CHECK(plain.width == 133);
  CHECK(seen_with(screen.side.get(), {{"COLUMNS", "60"}}).width == 60);
  CHECK(seen_with(screen.side.get(), {{"COLUMNS", "wide"}}).width == 133);
  CHECK(seen_with(screen.side.get(), {{"COLUMNS", "99999999999"}}).width == 133);
}

TEST_CASE("NO_COLOR and a dumb terminal switch colours off") {
  const Screen screen;
  const auto no_color = seen_with(screen.side.get(), {{"TERM", "xterm"}, {"NO_COLOR", "1"}});
  CHECK_FALSE(no_color.color);
  CHECK(no_color.controls);
  const auto dumb = seen_with(screen.side.get(), {{"TERM", "dumb"}});
  CHECK_FALSE(dumb.color);
  CHECK_FALSE(dumb.controls);
}

TEST_CASE("what is no terminal has no width and no colour") {
  const ctys::Fd null(::open("/dev/null", O_RDWR));
  const auto found = seen_with(null.get(), {{"TERM", "xterm"}, {"COLUMNS", "60"}});
  CHECK_FALSE(found.out_is_terminal);
  CHECK_FALSE(found.color);
  CHECK(found.width == 0);
}
