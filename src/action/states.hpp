// MATCHVSTAT: which stored machines ENUMERATE shows, by the state their owner gave them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ctys::action {

// `words` are MATCHVSTAT's, upper case but for the user's own after CUSTOM. None given: ACTIVE, DISABLED or
// no state. PRESENT and ALL accept any; ENABLED accepts ACTIVE where the machine's
// hypervisor works (`usable`); EMPTY accepts no state as well as the word.
[[nodiscard]] bool accepts_state(std::span<const std::string> words, std::string_view state, bool usable);

}  // namespace ctys::action
