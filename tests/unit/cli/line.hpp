// Command lines for tests: cut like a shell does, then parsed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/command.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ctys::tests {

// Blanks separate words, single quotes hold them together. The first word is the program.
inline std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool open = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      if (!open) words.emplace_back();
      open = true;
    } else if (c == ' ' && !quoted) {
      open = false;
    } else {
      if (!open) words.emplace_back();
      open = true;
      words.back() += c;
    }
  }
  return words;
}

inline Result<cli::Command> parsed(std::string_view line) {
  auto words = words_of(line);
  const std::string program = words.front();
  words.erase(words.begin());
  return cli::parse(program, words);
}

inline model::Request accepted(std::string_view line) {
  auto command = parsed(line);
  INFO(line);
  if (!command) FAIL(command.error().summary + " / " + command.error().why);
  REQUIRE(std::holds_alternative<model::Request>(*command));
  return std::get<model::Request>(*std::move(command));
}

inline Error refused(std::string_view line) {
  auto command = parsed(line);
  INFO(line);
  REQUIRE_FALSE(command);
  CHECK(command.error().code == Exit::usage);
  CHECK_FALSE(command.error().summary.empty());
  CHECK(command.error().summary.size() < 400);
  return command.error();
}

}  // namespace ctys::tests
