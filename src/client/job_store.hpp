// Jobs of this user: what runs in the background, and what came of it, in files.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// $XDG_STATE_HOME/ctys/jobs, which only its owner can enter, holds a folder for each job, named by its
// number:
//
//   state   one record as a line of the worker protocol, replaced by rename; a folder without it is no job
//   out     what the job wrote to stdout
//   err     and to stderr
//
// Fields of the record: job_id its number; state running, done, failed or cancelled; value its exit status;
// pid and index the process that keeps it and the clock tick after boot at which that one started; context
// the boot, and host the host it runs on; seen and serial when it was started and when it ended, in seconds
// since 1970; detail its command line; result "cut" when not all of its output was kept. A job is believed
// to run only while that process lives: who vanished without a last word is lost.
//
// Beside them: .lock, held while a number is given out, and .last, the last number that was. Jobs that have
// ended are removed when a new one begins: those that ended more than 30 days ago, and those behind the 100
// newest.
#pragma once

#include "base/file.hpp"
#include "base/process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::client {

// elsewhere: recorded as running by another host that shares this folder.
enum class JobState : std::uint8_t { running, done, failed, cancelled, lost, elsewhere };

struct Job {
  unsigned id = 0;
  JobState state = JobState::running;
  int status = 0;  // of done and failed: 128 plus the signal, where one ended it
  ProcessId keeper;
  std::string boot;  // of which `keeper` is a process
  std::string host;
  std::int64_t started = 0;  // seconds since 1970
  std::int64_t ended = 0;    // 0: not yet, or nobody knows
  std::string command;       // for display
  bool cut = false;          // not all of its output was kept
};

[[nodiscard]] std::string_view word_of(JobState state) noexcept;
[[nodiscard]] inline bool has_ended(const Job& job) noexcept {
  return job.state != JobState::running && job.state != JobState::elsewhere;
}

// The line of the file, and back: nullopt for anything that this program would not have written.
[[nodiscard]] std::string line_of(const Job& job);
[[nodiscard]] std::optional<Job> job_of(std::string_view line);

// This boot of this host; empty where the kernel does not tell.
[[nodiscard]] std::string boot_id();

constexpr std::size_t kMostOutput = std::size_t{64} << 20;  // bytes that are kept of stdout, and of stderr
constexpr std::size_t kMostJobs = 100;                      // that have ended
constexpr std::int64_t kJobsAge = std::int64_t{30} * 24 * 3600;
constexpr unsigned kMostId = 999'999'999;

// The files of a job that is being made, open.
struct NewJob {
  unsigned id = 0;
  Fd folder, out, err;
  Fd lock;  // nobody takes the folder for a left-over until this is closed
};

class JobStore {
 public:
  // An error when the place is not a folder that only this user can enter. One that is missing is made where
  // `make`, and holds no job otherwise.
  [[nodiscard]] static Result<JobStore> open(bool make);

  // Numbers that may be jobs, in order.
  [[nodiscard]] std::vector<unsigned> ids() const;
  // Error{nothing}: there is no such job. Error{failed}: its files are not what ctys writes.
  [[nodiscard]] Result<Job> find(unsigned id) const;
  // What it wrote so far.
  [[nodiscard]] Result<std::string> output(unsigned id, const char* name) const;
  // Takes the next number, removes what is old. Several processes may do this at once.
  [[nodiscard]] Result<NewJob> make() const;
  // Whatever it is: the caller has seen that it does not run.
  [[nodiscard]] Result<void> remove(unsigned id) const;

 private:
  explicit JobStore(std::filesystem::path path, Fd folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}
  [[nodiscard]] Result<Fd> open_job(unsigned id) const;
  [[nodiscard]] Result<Job> read(unsigned id) const;
  void tidy() const;

  std::filesystem::path path_;
  Fd folder_;  // none: there are no jobs
};

// Puts the state of a job in the place of the one before.
[[nodiscard]] Result<void> write_state(const Fd& folder, const Job& job);

}  // namespace ctys::client
