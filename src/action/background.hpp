// Does what a Request asks for in the background, as a job.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/job_store.hpp"
#include "model/record.hpp"
#include "model/request.hpp"

#include <functional>
#include <span>
#include <string>

namespace ctys::action {

// The words of a command line as a shell would need them, without --background: at most 4 KiB for display.
[[nodiscard]] std::string shown_command(std::span<const std::string> words);

// Starts `run` as a job and prints its number: a line, or with --json a row of `ctys jobs`. What `run`
// returns is the job's exit status.
[[nodiscard]] Exit in_background(const model::Request& request, std::string command,
                                 std::function<int()> run);

// A job as a row of `ctys jobs`.
[[nodiscard]] model::Record row_of(const client::Job& job);

// 7s, 3m07s, 2h05m
[[nodiscard]] std::string time_taken(std::int64_t seconds);

}  // namespace ctys::action
