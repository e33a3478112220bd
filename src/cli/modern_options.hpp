// What a line of the modern grammar says, turned into a Request.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "cli/command.hpp"
#include "cli/draft.hpp"
#include "cli/vocabulary.hpp"

#include <string>
#include <vector>

namespace ctys::cli {

struct GivenOption {
  const LongOption* option = nullptr;
  std::vector<std::string> values;  // in the order of the line
  std::size_t count = 0;
};

struct ModernLine {
  const ActionWord* action = nullptr;
  const Alias* alias = nullptr;
  std::vector<GivenOption> options;
  std::vector<GivenOption> implied;  // by the alias; what the line says itself wins
  std::vector<std::string> words;
};

// One option, and what several say together.
[[nodiscard]] Result<void> apply_option(Draft& draft, const GivenOption& given);
[[nodiscard]] Result<void> apply_choices(Draft& draft, const ModernLine& line);
// Refuses options that contradict each other, or that the others leave without effect. `request` is what
// the line and its alias say together.
[[nodiscard]] Result<void> check_choices(const model::Request& request, const ModernLine& line);
// Refuses --filter where something is changed: all of it would be, and a part of it shown.
[[nodiscard]] Result<void> check_filter(const model::Request& request, const ModernLine& line);

// The option of the line with this meaning, or nullptr.
[[nodiscard]] const GivenOption* find(const std::vector<GivenOption>& options, Opt id);

[[nodiscard]] Result<Command> command_of(const ModernLine& line);

// The options that choose fields, formats and order.
[[nodiscard]] Result<void> apply_output(Draft& draft, const GivenOption& given);

}  // namespace ctys::cli
