// Tests of failures in words: the lines on stderr, equal failures as one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/remedy.hpp"
#include "ui/render.hpp"

#include <catch2/catch.hpp>

using ctys::Error;
using ctys::Exit;
using ctys::plugin::Failure;
using ctys::ui::describe;
using ctys::ui::fold;
using ctys::ui::Terminal;

TEST_CASE("an error is shown as what, why, where and fix, empty parts left out") {
  const Terminal pipe;
  CHECK(describe(Error{Exit::failed, "cannot start web01", "no space left on device",
                       "free some space in /var/lib/libvirt", "lab02, QEMU, qemu:///system"},
                 pipe) ==
        "ctys: cannot start web01\n"
        "  why:   no space left on device\n"
        "  where: lab02, QEMU, qemu:///system\n"
        "  fix:   free some space in /var/lib/libvirt\n");
  CHECK(describe(Error{Exit::usage, "unknown option --foo"}, pipe) == "ctys: unknown option --foo\n");
  CHECK(describe(Error{Exit::defect, ""}, pipe) == "ctys: failed\n");
}

TEST_CASE("several lines of a reason stay lines, control characters do not reach the terminal") {
  const auto text =
      describe(Error{Exit::failed, "cannot start \x1b]0;x\x07", "first\r\nsecond\n"}, Terminal{});
  CHECK(text == "ctys: cannot start \\x1b]0;x\\x07\n  why:   first\n         second\n");
}

TEST_CASE("a reason without end is cut") {
  const auto text = describe(Error{Exit::failed, "broken", std::string(1'000'000, 'x')}, Terminal{});
  CHECK(text.size() < 5'000);
  CHECK(text.ends_with(" [...]\n"));
  CHECK(describe(Error{Exit::usage, "there is no attribute " + std::string(10'000, 'x')}, Terminal{}).size() <
        1'000);
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "a\n";
  CHECK(describe(Error{Exit::failed, "broken", lines}, Terminal{}).size() < 1'000);
}

TEST_CASE("colour is for terminals") {
  Terminal terminal;
  terminal.color = true;
  CHECK(describe(Error{Exit::failed, "broken"}, terminal) == "ctys: broken\n");
  terminal.err_is_terminal = true;
  CHECK(describe(Error{Exit::failed, "broken"}, terminal) == "\x1b[1;31mctys:\x1b[0m broken\n");
}

TEST_CASE("a remedy names the host it is about, and no host where it is about several") {
  using ctys::model::with_host;
  CHECK(with_host("see: ssh HOST true; or leave it out: --on HOST", "lab01:2222") ==
        "see: ssh -p 2222 lab01 true; or leave it out: --on lab01:2222");
  CHECK(with_host("see: ssh -F /c HOST", "root@lab01") == "see: ssh -F /c root@lab01");
  CHECK(with_host("set GHOST and HOSTNAME and HOST", "a") == "set GHOST and HOSTNAME and a");
  CHECK(with_host("ssh HOST", "") == "ssh HOST");
  CHECK(with_host("ssh HOST", "-oProxyCommand=x y") == "ssh HOST");
  const Error away{Exit::unreachable, "cannot connect", "refused", "try: ssh HOST"};
  CHECK(fold(std::vector<Failure>{{away, "lab04", {}}})[0].fix == "try: ssh lab04");
  CHECK(fold(std::vector<Failure>{{away, "lab04", {}}, {away, "lab05", {}}})[0].fix == "try: ssh HOST");
}

TEST_CASE("equal failures of many places become one with all places") {
  const Error away{Exit::unreachable, "cannot connect", "connection refused", "start sshd"};
  Error elsewhere = away;
  elsewhere.where = "QEMU, qemu:///system";
  const std::vector<Failure> failures{{away, "lab04", "QEMU"},
                                      {Error{Exit::failed, "other"}, "lab05", "XEN"},
                                      {elsewhere, "lab07", "QEMU"},
                                      {away, "lab04", "QEMU"}};
  const auto folded = fold(failures);
  REQUIRE(folded.size() == 2);
  CHECK(folded[0].summary == "cannot connect");
  CHECK(folded[0].where == "lab04, QEMU; lab07, QEMU, qemu:///system");
  CHECK(folded[0].fix == "start sshd");
  CHECK(folded[1].where == "lab05, XEN");
}

TEST_CASE("a hundred places are not all listed") {
  std::vector<Failure> failures;
  for (int i = 0; i < 100; ++i)
    failures.push_back({Error{Exit::unreachable, "no answer"}, "lab" + std::to_string(i), "QEMU"});
  const auto folded = fold(failures);
  REQUIRE(folded.size() == 1);
  CHECK(folded[0].where.ends_with("lab7, QEMU; and 92 more"));
}

TEST_CASE("failures that differ in one part stay apart") {
  const std::vector<Failure> failures{{Error{Exit::failed, "a", "b", "c"}, "h", "T"},
                                      {Error{Exit::failed, "a", "b", "d"}, "h", "T"},
                                      {Error{Exit::refused, "a", "b", "c"}, "h", "T"}};
  CHECK(fold(failures).size() == 3);
  CHECK(fold({}).empty());
}
