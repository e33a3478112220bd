// The documents behind `ctys help`: one function for each topic that is no action.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/help.hpp"
#include "cli/vocabulary.hpp"
#include "model/request.hpp"

namespace ctys::cli::help_text {

[[nodiscard]] Document overview();
[[nodiscard]] Document of_action(model::Action action);
[[nodiscard]] Document addresses();
[[nodiscard]] Document attributes();
[[nodiscard]] Document classic();
[[nodiscard]] Document environment();
[[nodiscard]] Document exit();
[[nodiscard]] Document files();
[[nodiscard]] Document filters();
[[nodiscard]] Document formats();
[[nodiscard]] Document macros();
[[nodiscard]] Document query();
[[nodiscard]] Document targets();
[[nodiscard]] Document completion();

// "-t, --type TYPE[,TYPE]"
[[nodiscard]] std::string spelled(const LongOption& option);
// An action's own options, one list for each group, in the order of the vocabulary.
[[nodiscard]] Document options_of(model::Action action);

// What an action does, in a few sentences, and its examples ("command", "what it does").
struct Prose {
  model::Action action{};
  std::vector<std::string_view> paragraphs;
  std::vector<Entry> examples;
};
[[nodiscard]] Prose prose_of(model::Action action);
[[nodiscard]] Prose inventory_prose(model::Action action);  // of vhost and find

}  // namespace ctys::cli::help_text
