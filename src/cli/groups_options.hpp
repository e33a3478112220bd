// The words and options of `ctys groups` and ctys-groups.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/modern_options.hpp"

namespace ctys::cli {

inline constexpr std::string_view kGroupModes = "1|2|3|4|5|5x|6|6u|7|7u|8|8u";
inline constexpr std::string_view kMemberModes = kGroupModes.substr(2);          // without the list of groups
inline constexpr std::string_view kGroupsVerbs = "list|tree|expand|fold|count";  // as model::GroupsVerb

// The modes 1 to 8 of ctys-groups -m, with x and u.
[[nodiscard]] Result<void> read_groups_mode(model::GroupsOptions& groups, const std::string& option,
                                            const std::string& value);
[[nodiscard]] Result<void> read_groups(Draft& draft, const ModernLine& line);

}  // namespace ctys::cli
