// What a Request says about hosts themselves: import and distribute.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ctys::model {

struct ImportOptions {
  bool yes = false;  // nobody is asked
};

enum class CopyVerb { put, list, remove };
struct DistributeOptions {
  CopyVerb verb = CopyVerb::put;
};

}  // namespace ctys::model
