// Tests of the progress line, on a pipe in place of a terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/progress.hpp"

#include "base/file.hpp"
#include "base/log.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>

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
