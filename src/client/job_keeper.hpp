// Work in the background: a process that keeps it, writes down what it says, and what came of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/job_store.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace ctys::client {

struct Work {
  std::string command;  // for display
  // Done in a process of its own, without a terminal: the exit status. When that process gets SIGTERM, it is
  // to end what it has begun, and then by that signal.
  std::function<int()> run;
  // Tells the number to whoever waits for it; nothing runs before. False: it could not be told, and nothing
  // will run.
  std::function<bool(unsigned id)> announce;
};

// Starts `work` as a job that outlives this process, its terminal and SIGHUP. Returns once it is recorded as
// running and announced: its number. `most`: bytes of output that are kept, see kMostOutput.
//
// Two processes are there: the keeper, leader of a session of its own, which the record names, and below it
// the one that works. When the keeper is killed, the kernel kills that one, and its workers with it.
[[nodiscard]] Result<unsigned> start_job(const Work& work, std::size_t most = kMostOutput);

// Asks a job to end, without waiting for it.
void ask_to_end(const Job& job);
// Waits until nothing of the job runs here any more: false when something still does after this time. Less
// than nothing: as long as it takes.
[[nodiscard]] bool wait_for(const Job& job, std::chrono::milliseconds time);

}  // namespace ctys::client
