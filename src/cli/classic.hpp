// The classic grammar: ctys -t TYPE -a ACTION=SUBOPTION,... OPTIONS -- '(OPTIONS)' TARGET'(OPTIONS)' ...
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/command.hpp"
#include "cli/draft.hpp"
#include "model/lexer.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

[[nodiscard]] Result<Command> parse_classic(std::span<const std::string> argv);

// The parts of it, in the order in which they are read:

// What the options say beside the request itself.
struct ClassicLine {
  Draft draft;
  std::optional<std::string> action;  // argument of the last -a
  std::optional<std::string> scope;   // of the last -s
  std::optional<std::string> login;   // of -l
  bool typed = false;                 // -t was there: it overrides -T
  unsigned version = 0;               // how many -V
  bool terse = false;                 // -X
  std::optional<std::string> help;    // topic of -h or -H
  bool compat = false;                // --compat: the options of a target hold for those behind it, too
  // What was read, but -l and -w, and without what a later word replaced: lines with the same ask for the
  // same.
  std::vector<std::string> given;
};
// Reads single-letter options up to the first other word and returns where that stands.
[[nodiscard]] Result<std::size_t> read_options(ClassicLine& line, std::span<const std::string> argv);
// Everything behind the options: for each set of options that holds for some targets a line with these.
[[nodiscard]] Result<std::vector<ClassicLine>> read_targets(const ClassicLine& line,
                                                            std::span<const std::string> words);
// Words that are targets: into the draft of a line of the other grammar.
[[nodiscard]] Result<void> add_words(Draft& draft, std::span<const std::string> words);
// The options of one target, without their parentheses, read as if they stood behind those of the line.
[[nodiscard]] Result<void> read_context(ClassicLine& line, std::string_view options);
// The target with the line's login, where it has none and one was given.
[[nodiscard]] Result<model::Target> with_login(const ClassicLine& line, model::Target target);
// ACTION[=SUBOPTION,...]
[[nodiscard]] Result<void> read_action(Draft& draft, std::string_view text);
// -s
[[nodiscard]] Result<void> read_scope(Draft& draft, std::string_view text);
// One suboption of LIST, ENUMERATE and the other reading actions that shapes their output.
[[nodiscard]] Result<void> read_output_word(Draft& draft, const Suboption& word, const model::Term& term);
// -d
[[nodiscard]] Result<void> read_diagnostics(Draft& draft, std::string_view value);
// SORT[:[ALL|EACH][%UNIQUE][%REVERSE][%key]]
[[nodiscard]] Result<void> read_sort(Draft& draft, const model::Term& term);
// <field#>[_<title>[_<width>[_<policy>]]] of the format `format`.
[[nodiscard]] Result<model::OutputColumn> read_column(model::Layout layout, std::string_view format,
                                                      std::string_view spec);
// ALL and NONE of LIST and ENUMERATE, once everything else has been read.
[[nodiscard]] Result<void> finish_selection(Draft& draft, bool all, bool none);

// The suboption `key` means for an action, or nullptr.
[[nodiscard]] const Suboption* find_suboption(model::Action action, std::string_view key);

}  // namespace ctys::cli
