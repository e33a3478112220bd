// Reads --persist, $CTYS_PERSIST, and what `ctys persist` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/modern_options.hpp"

#include <chrono>
#include <string_view>

namespace ctys::cli {

inline constexpr std::chrono::minutes kPersistTime{10};
inline constexpr std::string_view kPersistVerbs = "list|end";  // as model::PersistVerb

// What the environment says holds where the line says nothing; no time at all is as good as nothing.
[[nodiscard]] Result<void> settle_persist(model::Where& where);

[[nodiscard]] Result<void> read_persist(Draft& draft, const ModernLine& line);

}  // namespace ctys::cli
