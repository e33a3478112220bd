// The short way: the plainest look-ups are answered before the command line is parsed, for the sake of their
// time.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>

namespace ctys::inventory {

// The output of `ctys vhost KEY -o FIELD[,FIELD...]` or `-o machine`, with or without `-p DIRECTORIES`, when
// KEY is one that some record has. nullopt for every other command line and whenever anything is in the way:
// then the parser decides, and what it leads to prints the same where both have an answer. `words` begins
// with the program's name.
[[nodiscard]] std::optional<std::string> quick_answer(std::span<char* const> words);

}  // namespace ctys::inventory
