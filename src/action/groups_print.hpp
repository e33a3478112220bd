// How groups, trees and hosts of `ctys groups` are written.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "groups/expand.hpp"
#include "model/groups_request.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ctys::action {

struct GroupRow {
  groups::Measure measure;
  std::optional<Error> error;  // then only the name is known
};

[[nodiscard]] std::string group_table(const std::vector<GroupRow>& rows);
// "<size kB> <own members>/<includes> <hosts> <name>", as ctys-groups -m 1 has it; '?' for what is not known.
[[nodiscard]] std::string group_lines(const std::vector<GroupRow>& rows);
[[nodiscard]] std::string group_json(const std::vector<GroupRow>& rows);

// Groups as a tree of the folders they are in; without `files` the folders alone.
[[nodiscard]] std::vector<groups::Tree> folder_trees(const std::vector<std::string>& names, bool files);
// `depth`: levels that are shown, 0 for all.
[[nodiscard]] std::string tree_text(const std::vector<groups::Tree>& trees, unsigned depth);
[[nodiscard]] std::string tree_json(const std::vector<groups::Tree>& trees, unsigned depth);

// The modes 2 to 8.
[[nodiscard]] std::string member_text(const groups::Hosts& hosts, const model::GroupsOptions& options);
// Who logs in, by -l of its options; empty: they do not say.
[[nodiscard]] std::string user_of(const groups::Host& host);
[[nodiscard]] std::string host_json(const groups::Hosts& hosts);
[[nodiscard]] std::string words_json(const std::vector<std::string>& words);

}  // namespace ctys::action
