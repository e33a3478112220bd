// From the argument vector to what is to be done. Pure: reads macro files that the arguments name, nothing
// else.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/request.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace ctys::cli {

struct HelpWanted {
  std::string topic;  // empty: the overview
};
struct VersionWanted {
  bool verbose = false;  // -V twice: with the plugins' files
  bool bare = false;     // -X -V: the number alone, no newline
};
struct CompletionScriptWanted {
  std::string shell;  // bash, zsh, fish
};
// Asked by the completion scripts: words of the line so far, the last one unfinished.
struct CandidatesWanted {
  std::vector<std::string> words;
};
// Targets with options of their own: a request for each set of options, in the order of the first targets.
using Requests = std::vector<model::Request>;
using Command = std::variant<model::Request, Requests, HelpWanted, VersionWanted, CompletionScriptWanted,
                             CandidatesWanted>;

// `argv` without the program's name; `program` is the last component of argv[0], so that the companions'
// names (ctys-plugins, ...) work as symlinks. Which grammar it is: classic when an argument is an option of a
// single letter with -a, -t or a target, modern when the first word is an action or an alias of one.
[[nodiscard]] Result<Command> parse(std::string_view program, std::span<const std::string> argv);

}  // namespace ctys::cli
