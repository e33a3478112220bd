// What `ctys jobs` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace ctys::model {

enum class JobsVerb { list, show, wait, cancel, remove };

struct JobsOptions {
  JobsVerb verb = JobsVerb::list;
  std::vector<unsigned> ids;
  bool done = false;  // of remove: all that have ended
};

}  // namespace ctys::model
