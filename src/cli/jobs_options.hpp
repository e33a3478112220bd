// The words and options of `ctys jobs`.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/modern_options.hpp"

namespace ctys::cli {

inline constexpr std::string_view kJobsVerbs = "list|show|wait|cancel|remove";  // as model::JobsVerb

[[nodiscard]] Result<void> read_jobs(Draft& draft, const ModernLine& line);

}  // namespace ctys::cli
