// Completion of command lines: the scripts for the shells, and the candidates they ask for.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A script calls `ctys __complete WORD...` with the words of the line after the program's name, the last one
// unfinished. The answer is one line for each candidate, all control characters left out:
//
//   first character   then
//   ' '               a whole word, TAB, what it means
//   '+'               the same, but the word goes on behind it: no blank is to be added
//   'f' or 'd'        the beginning of the word behind which a file or a folder is to be named by the shell
//
// Words are plain text: the scripts quote them as their shell needs it.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

// What candidates are made of beside the vocabulary. Asked only where it is needed; may be empty functions.
struct Surroundings {
  // A label of a known machine, or what many labels begin with and go on behind.
  struct Label {
    std::string text;
    bool whole = true;
  };
  // Those that begin with a text; others may be among them.
  std::function<std::vector<Label>(std::string_view beginning)> labels;
  std::function<std::vector<std::string>()> types;        // of installed plugins
  std::function<std::vector<std::string>()> groups = {};  // names of group files
  struct Job {
    std::string id;
    std::string help;
    bool ended = false;
  };
  std::function<std::vector<Job>()> jobs = {};
};

struct Candidate {
  enum class Kind { word, open, files, folders };
  std::string word;  // from its beginning on, not only what is missing
  std::string help;
  Kind kind = Kind::word;
};

// Never fails: where nothing is known to fit there are no candidates.
[[nodiscard]] std::vector<Candidate> find_candidates(std::span<const std::string> words,
                                                     const Surroundings& here);

// The same as the scripts read them.
[[nodiscard]] std::string candidates(std::span<const std::string> words, const Surroundings& here);

// The script for bash, zsh or fish; an Error{usage} for other shells.
[[nodiscard]] Result<std::string> completion_script(std::string_view shell);

}  // namespace ctys::cli
