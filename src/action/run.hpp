// Does what a Request asks for and says so on stdout and stderr.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/request.hpp"

namespace ctys::action {

[[nodiscard]] Exit run(const model::Request& request);

}  // namespace ctys::action
