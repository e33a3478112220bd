// Macros: named texts of a file, put in the place of MACRO:name before a command line is read.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   MACRO:name[%file][%ECHO|%EVAL][%OPTIONAL]     ends at the first character that cannot belong to it
//   {MACRO:name...}                               ends at its brace; another one may stand inside
//
// File:  `name = text`, continued by a backslash at the end of the line (blanks in front of the next line are
// dropped),
//        `#` comments, empty lines. A name stands there once.
// The text may hold macros itself. ECHO (the default) inserts it, EVAL what it prints when run as a command;
// text of a file that others can write is not run, nor inserted into what is.
// Blanks of an inserted text separate words, unless they stand in quotes; blanks the user typed do not.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::model {

struct Macro {
  std::string name;
  std::string text;
  unsigned line = 0;
  bool operator==(const Macro&) const = default;
};
// `file` is named in errors.
[[nodiscard]] Result<std::vector<Macro>> parse_macro_file(std::string_view content, const std::string& file);

struct MacroFile {
  std::string path;
  std::string content;
  std::string untrusted = {};  // why its text may not be run, empty: it may
};
struct MacroSource {
  // The file of that name, the default one for an empty name; nullopt: there is none.
  std::function<Result<std::optional<MacroFile>>(const std::string& name)> load;
  // Runs a macro's text as a command, gives what it prints. Never sees a byte of the command line.
  std::function<Result<std::string>(const std::string& macro, const std::string& command)> run;
};

inline constexpr int kMaxMacroDepth = 20;
inline constexpr std::size_t kMaxMacroText = std::size_t{1} << 20;  // bytes of an expanded word

[[nodiscard]] bool has_macro(std::string_view word) noexcept;
// One word of a command line becomes none, one or several.
[[nodiscard]] Result<std::vector<std::string>> expand_word(const std::string& word,
                                                           const MacroSource& source);

// The macros that are there when no file defines them: columns, tables, ready lists.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> shipped_macros();

}  // namespace ctys::model
