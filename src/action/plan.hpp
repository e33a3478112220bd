// What an action would do: its steps as records, for -n and --plan.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ctys::action {

// One step of one machine: result "planned", the step in `detail`.
[[nodiscard]] model::Record planned(const model::Record& machine, std::string step);

// Steps that only ask: one for each plugin that would be asked, and what keeps others from it. `verb`: by
// what call; unset: all are asked, whatever the connection.
[[nodiscard]] plugin::Outcome planned_questions(const model::Request& request, std::string_view question,
                                                std::optional<wire::Verb> verb);

// The words for what CREATE and CANCEL will do with a machine in its present state, or the error that they
// would end with.
[[nodiscard]] Result<std::string> step_of(const model::CreateOptions& options, const model::Record& machine);
[[nodiscard]] Result<std::string> step_of(const model::CancelOptions& options, const model::Record& machine,
                                          std::optional<std::chrono::milliseconds> deadline);

}  // namespace ctys::action
