// The options of the actions that are about hosts themselves: import and distribute.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {

inline constexpr ActionSet kImport{model::Action::import};
inline constexpr ActionSet kDistribute{model::Action::distribute};

// clang-format off
inline constexpr std::array kHostsOptions{
    LongOption{Opt::yes, "yes", 'y', {}, Kind::none, {}, false, "Action", kImport,
      "add the new hosts to the group all without a question", {}},
    LongOption{Opt::list_copies, "list", 'l', {}, Kind::none, {}, false, "Action", kDistribute,
      "tell which copies are there, and copy nothing", {}},
    LongOption{Opt::remove_copies, "remove", '\0', {}, Kind::none, {}, false, "Action", kDistribute,
      "remove the copies of every build from the user's cache there", {}},
    LongOption{Opt::plan, "plan", 'n', {}, Kind::none, {}, false, "General", kImport,
      "show what was found, and write nothing", {}},
};
// clang-format on

}  // namespace ctys::cli
