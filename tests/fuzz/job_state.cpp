// Fuzzes what is believed of the state of a job.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/job_store.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto job = client::job_of(fuzz::text_of(data, size));
  if (!job) return 0;
  fuzz::must(job->id > 0 && job->id <= client::kMostId, "a job has a number");
  fuzz::must(job->keeper.pid > 1, "no signal goes to everybody, or to the first process");
  fuzz::must(job->status >= 0 && job->status <= 255, "a status is one that a process can have");
  fuzz::must(job->state != client::JobState::lost && job->state != client::JobState::elsewhere,
             "nobody writes down that he is lost");
  const auto line = client::line_of(*job);
  const auto again = client::job_of(line);
  fuzz::must(again && client::line_of(*again) == line, "a job reads back as itself");
  return 0;
}
