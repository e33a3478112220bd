// Fuzzes the command line, both grammars: one argument a line, the first one names the program.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "fuzz.hpp"

#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  // No macro files of this machine, and none of their texts is run.
  static const int kNoHome =
      ::setenv("HOME", "/nonexistent", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  fuzz::must(kNoHome == 0, "the environment can be set");
  const auto text = fuzz::text_of(data, size);
  if (text::upper(text).find("EVAL") != std::string::npos) return 0;
  std::vector<std::string> words;
  for (const auto line : text::split(text, '\n')) words.emplace_back(line.substr(0, line.find('\0')));
  const std::string program = words.front();
  words.erase(words.begin());
  const auto command = cli::parse(program, words);
  if (!command) {
    const auto& error = command.error();
    fuzz::must(!error.summary.empty(), "an error says what is wrong");
    fuzz::must(error.code == Exit::usage, "a wrong command line is the user's to mend");
  }
  return 0;
}
