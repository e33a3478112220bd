// `ctys jobs`: lists jobs, shows what they said, waits for them, ends them, forgets them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/background.hpp"
#include "action/finish.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "client/job_keeper.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::action {
namespace {

using client::Job;
using client::JobState;
using client::JobStore;
using model::JobsVerb;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

plugin::Failure job_failure(unsigned id, Error error) {
  plugin::Failure failure{std::move(error), paths::host_name(), {}};
  failure.job = std::to_string(id);
  return failure;
}

std::string name_of(const Job& job) {
  return "job " + std::to_string(job.id);
}

Error elsewhere(const Job& job) {
  return {Exit::unreachable, name_of(job) + " was started on another host",
          "it is " + job.host + " that knows what became of it", "ask there: ctys jobs"};
}

// All of them, or the error of the first that is none: then nothing is done.
Result<std::vector<Job>> jobs_of(const JobStore& store, const std::vector<unsigned>& ids) {
  std::vector<Job> jobs;
  jobs.reserve(ids.size());
  for (const auto id : ids) jobs.push_back(TRY(store.find(id)));
  return jobs;
}

Exit list(const JobStore& store, const model::Request& request) {
  plugin::Outcome all;
  for (const auto id : store.ids()) {
    const auto job = store.find(id);
    if (job)
      all.records.push_back(row_of(*job));
    else if (job.error().code != Exit::nothing)
      all.failures.push_back(job_failure(id, job.error()));
  }
  return finish(model::Layout::jobs, all, request);
}

// What there is to say beside what the job said itself.
std::string remark_on(const Job& job) {
  switch (job.state) {
    case JobState::running:
      return " is still running";
    case JobState::cancelled:
      return " was cancelled";
    case JobState::lost:
      return " was lost: its process vanished without a word, killed or with its host";
    case JobState::elsewhere:
      return " was started on " + job.host + ", which knows what became of it";
    case JobState::done:
      return {};
    case JobState::failed:
      return " ended with status " + std::to_string(job.status);
  }
  return {};
}

Result<Exit> show(const JobStore& store, unsigned id) {
  const auto job = TRY(store.find(id));
  const auto out = TRY(store.output(id, "out"));
  const auto err = TRY(store.output(id, "err"));
  if (!print(out)) return Exit::failed;
  std::string more = err;
  const auto say = [&](const std::string& words) {
    more.append("ctys: ").append(name_of(job)).append(words) += '\n';
  };
  if (const auto remark = remark_on(job); !remark.empty()) say(remark);
  if (job.cut)
    say(" said more than is kept, which is " + std::to_string(client::kMostOutput >> 20U) +
        " MiB of each stream");
  (void)write_all(STDERR_FILENO, more);
  return Exit::ok;
}

// What is left of the time that was given; less than nothing: there is no limit.
class Remaining {
 public:
  explicit Remaining(std::optional<milliseconds> time) : has_end_(time.has_value()) {
    if (time) end_ = Clock::now() + *time;
  }
  [[nodiscard]] milliseconds now() const {
    if (!has_end_) return milliseconds(-1);
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end_ - Clock::now()));
  }

 private:
  bool has_end_;
  Clock::time_point end_;
};

// What a job's end means for who waited for it.
Exit status_of(const Job& job) {
  const bool known = job.state == JobState::done || job.state == JobState::failed;
  return known ? static_cast<Exit>(job.status) : Exit::failed;
}

Result<Exit> wait(const JobStore& store, const model::Request& request) {
  plugin::Outcome all;
  Exit status = Exit::ok;
  const Remaining left(request.deadline);
  const auto jobs = TRY(jobs_of(store, request.jobs.ids));
  for (const auto& begun : jobs) {
    if (begun.state == JobState::elsewhere) {
      all.failures.push_back(job_failure(begun.id, elsewhere(begun)));
      continue;
    }
    if (!has_ended(begun) && !client::wait_for(begun, left.now())) {
      all.failures.push_back(job_failure(
          begun.id, {Exit::deadline, name_of(begun) + " is still running", "the deadline was reached",
                     "wait longer, or end it: ctys jobs cancel " + std::to_string(begun.id)}));
      continue;
    }
    const auto job = TRY(store.find(begun.id));
    all.records.push_back(row_of(job));
    // One job ends this call as it ended itself, whatever its number is.
    status = jobs.size() == 1 ? status_of(job) : worse(status, status_of(job));
  }
  const auto told = finish(model::Layout::jobs, all, request);
  return told == Exit::ok ? status : worse(status, told);
}

Result<Exit> cancel(const JobStore& store, const model::Request& request) {
  constexpr milliseconds kPatience{30'000};
  const auto jobs = TRY(jobs_of(store, request.jobs.ids));
  for (const auto& job : jobs)
    if (job.state == JobState::running) client::ask_to_end(job);
  const Remaining left(request.deadline.value_or(kPatience));
  plugin::Outcome all;
  for (const auto& job : jobs) {
    if (job.state == JobState::elsewhere)
      all.failures.push_back(job_failure(job.id, elsewhere(job)));
    else if (job.state == JobState::running && !client::wait_for(job, left.now()))
      all.failures.push_back(
          job_failure(job.id, {request.deadline ? Exit::deadline : Exit::failed,
                               name_of(job) + " does not end", "it was asked to, and still has processes",
                               "look at them: ps -s " + std::to_string(job.keeper.pid)}));
    else
      all.records.push_back(row_of(TRY(store.find(job.id))));
  }
  return finish(model::Layout::jobs, all, request);
}

Result<Exit> remove(const JobStore& store, const model::Request& request) {
  std::vector<std::pair<unsigned, model::Record>> chosen;
  for (const auto id : request.jobs.done ? store.ids() : request.jobs.ids) {
    const auto job = store.find(id);
    if (request.jobs.done && (!job || !client::has_ended(*job))) continue;
    if (!job && job.error().code == Exit::nothing) return tl::unexpected<Error>(job.error());
    if (job && !client::has_ended(*job)) {
      const auto number = std::to_string(id);
      if (job->state == JobState::elsewhere) return tl::unexpected<Error>(elsewhere(*job));
      return fail(Exit::refused, name_of(*job) + " is still running", "nothing was removed",
                  "end it first: ctys jobs cancel " + number);
    }
    // One that cannot be read can be removed all the same.
    auto row = job ? row_of(*job) : model::Record().set(Field::job_id, std::to_string(id));
    chosen.emplace_back(id, row.set(Field::state, "removed"));
  }
  plugin::Outcome all;
  for (auto& [id, row] : chosen) {
    const auto removed = store.remove(id);
    if (removed)
      all.records.push_back(std::move(row));
    else
      all.failures.push_back(job_failure(id, removed.error()));
  }
  return finish(model::Layout::jobs, all, request);
}

Result<Exit> act(const model::Request& request) {
  const auto store = TRY(JobStore::open(false));
  switch (request.jobs.verb) {
    case JobsVerb::list:
      return list(store, request);
    case JobsVerb::show:
      return show(store, request.jobs.ids.front());
    case JobsVerb::wait:
      return wait(store, request);
    case JobsVerb::cancel:
      return cancel(store, request);
    case JobsVerb::remove:
      return remove(store, request);
  }
  return Exit::defect;
}

}  // namespace

Exit jobs(const model::Request& request) {
  const auto status = act(request);
  return status ? *status : finish(status.error(), request);
}

}  // namespace ctys::action
