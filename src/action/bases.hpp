// The folders that are searched for machine files.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/request.hpp"

#include <string>
#include <vector>

namespace ctys::action {

// The folders that --base, BASEPATH and the addresses of machines name.
[[nodiscard]] std::vector<std::string> addressed_bases(const model::Request& request);

// The folders ENUMERATE and CREATE search for machine files: as asked, else $DEFAULT_ENUM_BASE, else the
// defaults. A folder of $DEFAULT_ENUM_BASE that is none is told in the log.
[[nodiscard]] std::vector<std::string> base_folders(const std::vector<std::string>& asked);

// The same as options of a call.
[[nodiscard]] std::vector<model::Pair> base_options(const std::vector<std::string>& asked);

// Every folder that was asked for is one, where this host is asked at all: others tell about theirs.
[[nodiscard]] Result<void> check_bases(const model::Request& request);

}  // namespace ctys::action
