// The order of gravity of exit statuses.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/result.hpp"

#include <algorithm>
#include <array>

namespace ctys {

Exit worse(Exit a, Exit b) noexcept {
  constexpr std::array kGravestFirst{Exit::defect,   Exit::usage,       Exit::refused, Exit::failed,
                                     Exit::deadline, Exit::unreachable, Exit::nothing, Exit::ok};
  const auto rank = [&](Exit code) {
    const auto* at = std::find(kGravestFirst.begin(), kGravestFirst.end(), code);
    return at != kGravestFirst.end() ? at
                                     : std::find(kGravestFirst.begin(), kGravestFirst.end(), Exit::failed);
  };
  return rank(a) <= rank(b) ? a : b;
}

}  // namespace ctys
