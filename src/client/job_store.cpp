// Jobs of this user, in files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/job_store.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"
#include "wire/message.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <limits>
#include <utility>

namespace ctys::client {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostState = std::size_t{1} << 16;
constexpr std::array<std::pair<JobState, std::string_view>, 6> kWords{{{JobState::running, "running"},
                                                                       {JobState::done, "done"},
                                                                       {JobState::failed, "failed"},
                                                                       {JobState::cancelled, "cancelled"},
                                                                       {JobState::lost, "lost"},
                                                                       {JobState::elsewhere, "elsewhere"}}};

std::string path_of(const Fd& fd) {
  return "/proc/self/fd/" + std::to_string(fd.get());
}

std::string what_of(unsigned id) {
  return "cannot read job " + std::to_string(id);
}

tl::unexpected<Error> no_job(unsigned id) {
  return fail(Exit::nothing, "there is no job " + std::to_string(id), {}, "see what there is: ctys jobs");
}

tl::unexpected<Error> not_ours(unsigned id, std::string why) {
  return fail(Exit::failed, what_of(id), std::move(why), "remove it: ctys jobs remove " + std::to_string(id));
}

// A number as the name of a folder: without zeros in front.
std::optional<unsigned> id_of(std::string_view name) {
  const auto number = text::number(name);
  if (!number || *number == 0 || *number > kMostId || name.front() == '0') return std::nullopt;
  return static_cast<unsigned>(*number);
}

// Missing folders on the way, for their owner only. What kept the first of them from being made; 0: nothing.
int make_folders(const fs::path& path) {
  const int before =
      path.has_parent_path() && path != path.root_path() ? make_folders(path.parent_path()) : 0;
  const int own = ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
  return before != 0 ? before : own;
}

Result<Fd> lock_in(const Fd& folder, const std::string& what) {
  Fd lock(::openat(folder.get(), ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return fail(Exit::failed, what, system_message(errno));
  while (::flock(lock.get(), LOCK_EX) != 0)
    if (errno != EINTR) return fail(Exit::failed, what, system_message(errno));
  return lock;
}

Fd make_file(const Fd& folder, const char* name) {
  return Fd(::openat(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
}

}  // namespace

std::string_view word_of(JobState state) noexcept {
  return kWords.at(static_cast<std::size_t>(state)).second;
}

std::string line_of(const Job& job) {
  model::Record record;
  record.set(Field::job_id, std::to_string(job.id))
      .set(Field::state, std::string(word_of(job.state)))
      .set(Field::value, std::to_string(job.status))
      .set(Field::pid, std::to_string(job.keeper.pid))
      .set(Field::index, std::to_string(job.keeper.start))
      .set(Field::context, job.boot)
      .set(Field::host, job.host)
      .set(Field::seen, std::to_string(job.started))
      .set(Field::serial, std::to_string(job.ended))
      .set(Field::detail, job.command);
  if (job.cut) record.set(Field::result, "cut");
  return wire::encode(record);
}

std::optional<Job> job_of(std::string_view line) {
  const auto message = wire::decode(text::trim(line));
  if (!message || !std::holds_alternative<model::Record>(*message)) return std::nullopt;
  const auto& record = std::get<model::Record>(*message);
  bool good = true;
  const auto number = [&](Field field, std::uint64_t most) {
    const auto value = text::number(record.get(field));
    good = good && value && *value <= most;
    return value.value_or(0);
  };
  constexpr auto kLatest = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()) * 100;
  Job job;
  job.id = static_cast<unsigned>(number(Field::job_id, kMostId));
  job.status = static_cast<int>(number(Field::value, 255));
  job.keeper.pid = static_cast<pid_t>(number(Field::pid, INT32_MAX));
  job.keeper.start = number(Field::index, UINT64_MAX);
  job.started = static_cast<std::int64_t>(number(Field::seen, kLatest));
  job.ended = static_cast<std::int64_t>(number(Field::serial, kLatest));
  job.boot = record.get(Field::context);
  job.host = record.get(Field::host);
  job.command = record.get(Field::detail);
  job.cut = record.get(Field::result) == "cut";
  const auto* const state = std::find_if(kWords.begin(), kWords.end(), [&](const auto& word) {
    return word.second == record.get(Field::state);
  });
  if (!good || job.id == 0 || job.keeper.pid <= 1 || state == kWords.end()) return std::nullopt;
  job.state = state->first;
  if (job.state == JobState::lost || job.state == JobState::elsewhere) return std::nullopt;
  return job;
}

std::string boot_id() {
  constexpr std::size_t kMost = 256;
  const auto id = read_file("/proc/sys/kernel/random/boot_id", kMost);
  return id ? std::string(text::trim(*id)) : std::string();
}

Result<JobStore> JobStore::open(bool make) {
  auto path = paths::state_home() / "jobs";
  const std::string what = "cannot use the folder of jobs " + path.string();
  const int unmade = make ? make_folders(path) : 0;
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder && errno == ENOENT && !make) return JobStore(std::move(path), Fd());
  // That it is not there is known; why it could not be made is the reason.
  if (!folder && errno == ENOENT && unmade != 0) errno = unmade;
  struct stat status {};
  if (!folder || ::fstat(folder.get(), &status) != 0)
    return fail(Exit::failed, what, system_message(errno), "set XDG_STATE_HOME to a folder of your own");
  if (status.st_uid != ::getuid() || (status.st_mode & 0077U) != 0)
    return fail(Exit::failed, what, "it is not a folder that only you can enter",
                "chmod 700 it if it is yours, or set XDG_STATE_HOME to a folder of your own");
  return JobStore(std::move(path), std::move(folder));
}

std::vector<unsigned> JobStore::ids() const {
  std::vector<unsigned> found;
  if (!folder_) return found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_of(folder_), error))
    if (const auto id = id_of(entry.path().filename().string())) found.push_back(*id);
  std::sort(found.begin(), found.end());
  return found;
}

Result<Fd> JobStore::open_job(unsigned id) const {
  if (!folder_) return no_job(id);
  const auto name = std::to_string(id);
  Fd job(::openat(folder_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!job && errno == ENOENT) return no_job(id);
  struct stat status {};
  if (!job || ::fstat(job.get(), &status) != 0) return not_ours(id, system_message(errno));
  if (status.st_uid != ::getuid()) return not_ours(id, "its folder belongs to someone else");
  return job;
}

Result<Job> JobStore::read(unsigned id) const {
  const auto folder = TRY(open_job(id));
  const Fd file(::openat(folder.get(), "state", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return no_job(id);  // it is just being made, or removed
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return not_ours(id, system_message(errno));
  if (!S_ISREG(status.st_mode) || status.st_uid != ::getuid())
    return not_ours(id, "its state is no file of yours");
  const auto content = read_file(path_of(file), kMostState);
  if (!content) return not_ours(id, content.error().why);
  auto job = job_of(*content);
  if (!job || job->id != id) return not_ours(id, "its state is not what ctys writes");
  return *std::move(job);
}

Result<Job> JobStore::find(unsigned id) const {
  auto job = TRY(read(id));
  if (job.state != JobState::running) return job;
  if (job.host != paths::host_name()) {
    job.state = JobState::elsewhere;
    return job;
  }
  if (job.boot == boot_id() && is_alive(job.keeper)) return job;
  // It may have ended between the two looks; its last word comes before its end.
  job = TRY(read(id));
  if (job.state == JobState::running) job.state = JobState::lost;
  return job;
}

Result<std::string> JobStore::output(unsigned id, const char* name) const {
  const auto folder = TRY(open_job(id));
  const Fd file(::openat(folder.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return not_ours(id, std::string(name) + ": " + system_message(errno));
  auto content = read_file(path_of(file), kMostOutput);
  if (!content) return not_ours(id, std::string(name) + ": " + content.error().why);
  return content;
}

// With the lock held: a folder without a state is one that somebody did not get to fill.
void JobStore::tidy() const {
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  auto all = ids();
  std::reverse(all.begin(), all.end());
  std::size_t ended = 0;
  for (const auto id : all) {
    const auto job = find(id);
    if (!job && job.error().code != Exit::nothing) continue;  // its owner has to look at it
    if (job && !has_ended(*job)) continue;
    const auto last = !job ? 0 : job->ended != 0 ? job->ended : job->started;
    if (!job || ++ended > kMostJobs || now - last > kJobsAge) (void)remove(id);
  }
}

Result<NewJob> JobStore::make() const {
  const std::string what = "cannot make a job in " + path_.string();
  NewJob made;
  made.lock = TRY(lock_in(folder_, what));
  tidy();
  const auto last_file = path_of(folder_) + "/.last";
  constexpr std::size_t kMostDigits = 64;
  const auto text = read_file(last_file, kMostDigits);
  const auto all = ids();
  const unsigned last =
      std::max(text ? id_of(text::trim(*text)).value_or(0) : 0U, all.empty() ? 0U : all.back());
  if (last >= kMostId)
    return fail(Exit::failed, what, "the numbers are used up",
                "remove its file .last, and jobs with high numbers");
  made.id = last + 1;
  const auto name = std::to_string(made.id);
  if (const auto written = replace_file(last_file, name + "\n"); !written)
    return fail(Exit::failed, what, written.error().why,
                "see whether there is room, and who may write there");
  if (::mkdirat(folder_.get(), name.c_str(), 0700) != 0)
    return fail(Exit::failed, what, system_message(errno));
  made.folder.reset(::openat(folder_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (made.folder) made.out = make_file(made.folder, "out");
  if (made.out) made.err = make_file(made.folder, "err");
  if (!made.err) return fail(Exit::failed, what, system_message(errno));
  return made;
}

Result<void> JobStore::remove(unsigned id) const {
  if (!folder_) return no_job(id);
  const auto place = fs::path(path_of(folder_)) / std::to_string(id);
  std::error_code error;
  // Without its state it is no job any more, whatever becomes of the rest.
  if (fs::is_directory(fs::symlink_status(place, error))) fs::remove(place / "state", error);
  if (fs::remove_all(place, error) == 0 && !error) return no_job(id);
  if (error) return fail(Exit::failed, "cannot remove job " + std::to_string(id), error.message());
  return {};
}

Result<void> write_state(const Fd& folder, const Job& job) {
  const auto written = replace_file(path_of(folder) + "/state", line_of(job));
  if (!written)
    return fail(Exit::failed, "cannot write the state of job " + std::to_string(job.id), written.error().why);
  return {};
}

}  // namespace ctys::client
