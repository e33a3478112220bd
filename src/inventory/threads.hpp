// Work that is shared by threads.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace ctys::inventory {

// How many processors this process may use; at most 8, since more of them wait for the same memory.
[[nodiscard]] unsigned processors();

// How many of them nobody else uses at this moment; at least 1. Threads that must wait for each other are of
// no use where others take their turns.
[[nodiscard]] unsigned idle_processors();

// Calls work(thread, item) for every item below `items`, on `threads` threads of which the calling one is
// number 0. Returns when all is done. `work` does not throw.
void share_work(unsigned threads, std::uint64_t items,
                const std::function<void(unsigned, std::uint64_t)>& work);

}  // namespace ctys::inventory
