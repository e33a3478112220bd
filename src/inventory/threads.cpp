// Shares work.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/threads.hpp"

#include <system_error>

#include <algorithm>
#include <atomic>
#include <sched.h>
#include <thread>
#include <vector>

namespace ctys::inventory {

unsigned processors() {
  constexpr int kMost = 8;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const int count = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
  return static_cast<unsigned>(std::clamp(count, 1, kMost));
}

void share_work(unsigned threads, std::uint64_t items,
                const std::function<void(unsigned, std::uint64_t)>& work) {
  std::atomic<std::uint64_t> next = 0;
  const auto run = [&](unsigned thread) {
    for (auto item = next.fetch_add(1); item < items; item = next.fetch_add(1)) work(thread, item);
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  try {
    for (unsigned thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
  } catch (const std::system_error&) {  // no more threads for this user: those that are there do it all
  }
  run(0);
  for (auto& other : others) other.join();
}

}  // namespace ctys::inventory
