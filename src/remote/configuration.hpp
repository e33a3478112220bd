// The SSH configuration that is read instead of the user's own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>

namespace ctys::remote {

// $CTYS_SSH_CONFIG; nullopt: it names none, and ssh reads what it always reads. An error (2) where there is
// no such file, where it is a folder, which ssh takes for an empty file, or where this user may not read it.
[[nodiscard]] Result<std::optional<std::string>> named_configuration();

}  // namespace ctys::remote
