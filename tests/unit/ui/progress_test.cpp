// Tests of the progress line, mostly on a pipe in place of a terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/progress.hpp"

#include "base/file.hpp"
#include "base/log.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <pty.h>
#include <termios.h>

using ctys::ui::Progress;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    in.reset(ends[0]);
    out.reset(ends[1]);
  }
  // Everything that was written; closes the pipe.
  std::string text() {
    out.reset();
    std::array<char, 4096> buffer{};
    const auto count = ::read(in.get(), buffer.data(), buffer.size());
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }
  ctys::Fd in;
  ctys::Fd out;
};

}  // namespace

TEST_CASE("the line is written when it changes and erased in the end") {
  Pipe pipe;
  {
    Progress progress(pipe.out.get(), true, 20);
    progress.show("one");
    progress.show("one");
    progress.show("two");
  }
  CHECK(pipe.text() == "\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K");
}

TEST_CASE("nothing is erased that was not written") {
  Pipe pipe;
  {
    Progress progress(pipe.out.get(), true, 20);
    progress.erase();
  }
  CHECK(pipe.text().empty());
}

TEST_CASE("nothing is written where no line can be erased") {
  Pipe pipe;
  {
    Progress progress(pipe.out.get(), false, 20);
    progress.show("one");
  }
  CHECK(pipe.text().empty());
}

TEST_CASE("the line never wraps and never holds control characters") {
  Pipe pipe;
  {
    Progress progress(pipe.out.get(), true, 10);
    progress.show("a\nb\x1b" + std::string(1000, 'x'));
  }
  CHECK(pipe.text() == "\r\x1b[Ka\\x0ab\\x1\r\x1b[K");
}

TEST_CASE("a line of the log begins on a clean line, and the progress comes again") {
  Pipe pipe;
  {
    Progress progress(pipe.out.get(), true, 20);
    progress.show("one");
    ctys::log::write(ctys::log::Severity::warning, "tests", "this line is expected");
    progress.show("one");
  }
  ctys::log::write(ctys::log::Severity::warning, "tests", "and this one");
  CHECK(pipe.text() == "\r\x1b[Kone\r\x1b[K\r\x1b[Kone\r\x1b[K");
}

namespace {

// Shows and erases a line. 0: it was not stopped for that.
int show_from_behind(Progress& progress) {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)std::signal(SIGTTOU, SIG_DFL);
    ::setpgid(0, 0);
    progress.show("behind");
    progress.erase();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, WUNTRACED);
  if (WIFSTOPPED(status)) ::kill(child, SIGKILL);
  return status;
}

// In a process whose terminal stops whoever writes from the background.
int show_on_terminal() {
  termios modes{};
  ::tcgetattr(STDERR_FILENO, &modes);
  modes.c_lflag |= TOSTOP;
  ::tcsetattr(STDERR_FILENO, TCSANOW, &modes);
  Progress progress(STDERR_FILENO, true, 20);
  progress.show("front");
  return show_from_behind(progress);
}

}  // namespace

TEST_CASE("a terminal is written to from its foreground only") {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(show_on_terminal() == 0 ? 0 : 1);
  REQUIRE(child > 0);
  const ctys::Fd master(terminal);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(master.get(), buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(text == "\r\x1b[Kfront\r\x1b[K");
}
