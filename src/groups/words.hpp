// The text of targets and of group files, read into words; nothing is looked up yet.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   WORD     := OPERAND (OPERATOR OPERAND)...      no blanks in it; from left to right, all operators equal
//   OPERATOR := ','  union   '!'  difference   '&'  intersection   '^'  what is in one of both only
//   OPERAND  := NAME OPTIONS... | SUBTASK{WORD...} | SUBGROUP{WORD...} | VMSTACK OPTIONS{WORD...}
//   OPTIONS  := (...)       options of the operand; behind '!', '&' and '^' of all that stands in front
//
// A group file holds words, separated by blanks, commas and newlines, and
//
//   #include NAME...        the members of these groups
//   # anything else         a comment
//   CONTEXT(...)            options for all members of the file
//
// Quotes around brackets are dropped: host'(-d 3)' is host(-d 3).
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::groups {

enum class Kind { name, include, subtask, subgroup, stack };

struct Operand;
using Word = std::vector<Operand>;

struct Operand {
  char op = ',';  // what joins it to what stands in front
  Kind kind = Kind::name;
  std::string name;  // @group, host, host[1-9]; of an include the group's name
  std::vector<std::string> contexts;
  std::vector<Word> members;  // of braces
  unsigned line = 0;          // from 1; 0: not from a file
};

struct Text {
  std::vector<std::string> contexts;  // of CONTEXT(...), or of '(...)' in front of the first target
  std::vector<Word> words;
};

inline constexpr std::size_t kMaxFile = std::size_t{4} << 20;
inline constexpr std::size_t kMaxContext = 4096;  // bytes of options in one pair of parentheses
inline constexpr unsigned kMaxDepth = 20;         // of groups in groups, and of braces in braces

// `file` is named in errors, "file:line".
[[nodiscard]] Result<Text> read_group_text(std::string_view content, const std::string& file);
// The targets of a command line, one text.
[[nodiscard]] Result<Text> read_target_text(std::string_view targets);

}  // namespace ctys::groups
