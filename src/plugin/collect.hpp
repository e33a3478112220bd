// Asks many workers at once and gathers what they answer, each until its deadline.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "wire/message.hpp"

#include <ctys/error.hpp>

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::plugin {

// A failure and whose it is.
struct Failure {
  Error error;
  std::string host;
  std::string type;
  std::string label = {};  // of the machine it was about, where it was about one
  std::string job = {};    // the number of the job it was about
  bool unfinished =
      false;  // the worker ended before it could say so, or was ended: nobody knows what it had done
  bool no_answer = false;  // the other side did not answer to its end: nothing of this is what it said
};

// What the calls that were still open fail with when SIGINT or SIGTERM ends them.
[[nodiscard]] Error interrupted();
[[nodiscard]] bool is_interrupted(const Failure& failure);

// The signal that asked this process to end while calls were open, 0: none. Who has told the user what
// arrived ends by it, so that a shell's loop ends, too.
[[nodiscard]] int asked_to_end() noexcept;
void ask_to_end(int number) noexcept;

struct Outcome {
  std::vector<model::Record> records;  // in order of the calls, then of arrival; host and type are filled in
  std::vector<Failure> failures;
  bool silent = true;  // the worker had nothing to ask and nothing to say
};

// How a worker is started and what may pass while it works.
struct Options {
  std::chrono::milliseconds grace{500};            // after a call's deadline, for the worker to end by itself
  std::function<void(std::string_view)> progress;  // may be empty
};

// One worker for each call, all at the same time. Every call ends in records, in at least one failure, or in
// a plain end; a worker that crashes, hangs, floods or talks nonsense becomes a Failure, what it had sent
// before is kept. When this returns, none of them is left. SIGINT and SIGTERM end it early: see
// interrupted().
[[nodiscard]] Outcome collect(std::span<const wire::Call> calls, const Options& options);
// The same with what each call brought kept apart: one Outcome for each call, in order.
[[nodiscard]] std::vector<Outcome> collect_each(std::span<const wire::Call> calls, const Options& options);

// All outcomes as one.
[[nodiscard]] Outcome merged(std::vector<Outcome> outcomes);

}  // namespace ctys::plugin
