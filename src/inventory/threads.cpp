// Shares work.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/threads.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <system_error>
#include <unistd.h>

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

unsigned idle_processors() {
  // "0.05 0.94 1.56 2/87 32740": two of 87 threads of the machine run, one of them is this one.
  constexpr std::size_t kMost = 4096;
  const auto load = read_file("/proc/loadavg", kMost);
  const auto words = text::split(load ? std::string_view(*load) : std::string_view(), ' ');
  constexpr std::size_t kRunning = 3;
  if (words.size() <= kRunning) return processors();
  const auto running = text::number(words[kRunning].substr(0, words[kRunning].find('/')));
  const auto online = std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L);
  const auto others = static_cast<long>(std::min<std::uint64_t>(running.value_or(1), 1U << 20U)) - 1;
  return static_cast<unsigned>(std::clamp(online - others, 1L, static_cast<long>(processors())));
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
