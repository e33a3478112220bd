// Replaces the macros of a command line before anything else reads it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace ctys::cli {

// Costs a look at the words when there is no macro among them. `limit` is the time that each EVAL may take.
[[nodiscard]] Result<std::vector<std::string>> expand_macros(
    std::vector<std::string> words, std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace ctys::cli
