// Manual pages, made from the same texts as `ctys help`.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

// Names of the pages of section 1: ctys, and one for each companion name that works.
[[nodiscard]] std::vector<std::string> manual_names();

// The source of one page (man macros). `date` is the one shown in it, YYYY-MM-DD.
[[nodiscard]] Result<std::string> manual(std::string_view name, std::string_view date);

// Text as roff has to read it so that it shows unchanged and is never taken for a request.
[[nodiscard]] std::string roff_text(std::string_view text);

}  // namespace ctys::cli
