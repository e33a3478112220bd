// What `ctys groups` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace ctys::model {

enum class GroupsVerb { list, tree, expand, fold, count, members };

struct GroupsOptions {
  GroupsVerb verb = GroupsVerb::list;
  std::vector<std::string> words;  // groups of list, tree and members; targets of the others
  unsigned mode = 0;      // of members, 1 to 8: the numbers of ctys-groups -m; of list 1: the short form
  bool numbered = false;  // 5x
  bool unique = false;    // 6u, 7u, 8u
  bool terse = false;     // -X: on one line
  bool files = true;      // of tree without a name: not the folders alone
  unsigned depth = 0;     // of tree; 0: all of it
};

}  // namespace ctys::model
