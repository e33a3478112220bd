// The commands for other hosts: the same for every login shell.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/command.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace ctys::remote;

TEST_CASE("no shell finds anything of its own in a command") {
  for (const auto& command : {copies_command(true), copies_command(false), greeting_command(),
                              start_command("0", true), start_command("0", false), install_command("0")}) {
    const std::string_view begin = "exec /bin/sh -c '";
    REQUIRE(command.starts_with(begin));
    REQUIRE(command.ends_with("'"));
    const auto script = std::string_view(command).substr(begin.size(), command.size() - begin.size() - 1);
    CHECK(script.find_first_of("'!\n") == std::string_view::npos);
    // A backslash in front of anything else is a backslash to all of them.
    for (auto at = script.find('\\'); at != std::string_view::npos; at = script.find('\\', at + 1))
      CHECK(script.substr(at, 4) == "\\042");
  }
}

TEST_CASE("only where it is asked for, copies are removed") {
  CHECK(copies_command(true).find("rm -rf \"$d\"") != std::string::npos);
  CHECK(copies_command(false).find("rm") == std::string::npos);
}
