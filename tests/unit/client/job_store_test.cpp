// What the files of jobs are believed, and what not.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/job_store.hpp"

#include "base/paths.hpp"
#include "job_scratch.hpp"
#include "wire/message.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <set>

using namespace ctys;
using client::Job;
using client::JobState;
using client::JobStore;
using tests::JobScratch;
namespace fs = std::filesystem;

namespace {

// A job of this process, which lives.
Job running(unsigned id) {
  Job job;
  job.id = id;
  job.keeper = identify(::getpid()).value();
  job.boot = client::boot_id();
  job.host = paths::host_name();
  job.started = std::time(nullptr);
  job.command = "ctys list --on lab01";
  return job;
}

Job done(unsigned id, int status = 0) {
  auto job = running(id);
  job.state = status == 0 ? JobState::done : JobState::failed;
  job.status = status;
  job.ended = job.started;
  return job;
}

unsigned make(const JobStore& store, Job job) {
  const auto files = store.make();
  REQUIRE(files);
  job.id = files->id;
  REQUIRE(client::write_state(files->folder, job));
  return files->id;
}

JobStore store() {
  auto opened = JobStore::open(true);
  REQUIRE(opened);
  return *std::move(opened);
}

}  // namespace

TEST_CASE("a job reads as it was written") {
  auto job = running(3);
  job.command = "ctys list '\xc3\xa4 ; \"x\"'";
  job.cut = true;
  const auto again = client::job_of(client::line_of(job));
  REQUIRE(again);
  CHECK(again->id == 3);
  CHECK(again->state == JobState::running);
  CHECK(again->keeper == job.keeper);
  CHECK(again->boot == job.boot);
  CHECK(again->started == job.started);
  CHECK(again->command == job.command);
  CHECK(again->cut);
}

TEST_CASE("a state that ctys would not have written is no state") {
  CHECK_FALSE(client::job_of(""));
  CHECK_FALSE(client::job_of("{}"));
  CHECK_FALSE(client::job_of(std::string(70'000, '[')));
  CHECK_FALSE(client::job_of(std::string("\0\xff\xfe", 3)));
  const auto line = client::line_of(done(3));
  for (std::size_t cut = 1; cut + 2 < line.size(); ++cut) CHECK_FALSE(client::job_of(line.substr(0, cut)));
  struct Change {
    Field field;
    const char* value;
  };
  for (const auto& [field, value] :
       {Change{Field::job_id, "0"}, Change{Field::job_id, "-1"}, Change{Field::job_id, "1000000000"},
        Change{Field::job_id, ""}, Change{Field::state, "lost"}, Change{Field::state, "Done"},
        Change{Field::state, ""}, Change{Field::value, "256"}, Change{Field::value, "x"},
        Change{Field::pid, "1"}, Change{Field::pid, "4294967297"},
        Change{Field::index, "99999999999999999999"}, Change{Field::seen, "-5"},
        Change{Field::serial, "9999999999999"}}) {
    auto message = wire::decode(std::string_view(line).substr(0, line.size() - 1));
    REQUIRE(message);
    auto record = std::get<model::Record>(*message);
    record.set(field, value);
    INFO(static_cast<unsigned>(field) << " " << value);
    CHECK_FALSE(client::job_of(wire::encode(record)));
  }
}

TEST_CASE("jobs have numbers of their own, which are not used again") {
  const JobScratch scratch;
  const auto jobs = store();
  CHECK(make(jobs, done(1)) == 1);
  CHECK(make(jobs, done(1, 3)) == 2);
  REQUIRE(jobs.remove(2));
  CHECK(make(jobs, done(1)) == 3);
  CHECK(jobs.ids() == std::vector<unsigned>{1, 3});
  JobScratch::write(scratch.jobs / ".last", "-7 nonsense");
  CHECK(make(jobs, done(1)) == 4);
  CHECK(jobs.find(2).error().code == Exit::nothing);
  CHECK(jobs.remove(2).error().code == Exit::nothing);
  struct stat status {};
  for (const auto& file : {scratch.jobs, scratch.of(1)}) {
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0700);
  }
  for (const auto* name : {"state", "out", "err"}) {
    REQUIRE(::stat((scratch.of(1) / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
  }
}

TEST_CASE("a job runs while its process lives, and is lost when that vanished without a word") {
  const JobScratch scratch;
  const auto jobs = store();
  CHECK(jobs.find(make(jobs, running(1)))->state == JobState::running);
  auto gone = running(1);
  gone.keeper.start += 1;  // another process has that pid now
  CHECK(jobs.find(make(jobs, gone))->state == JobState::lost);
  auto before = running(1);
  before.boot = "another";
  CHECK(jobs.find(make(jobs, before))->state == JobState::lost);
  auto far = gone;
  far.host = "another.example";
  CHECK(jobs.find(make(jobs, far))->state == JobState::elsewhere);
  far.state = JobState::done;
  CHECK(jobs.find(make(jobs, far))->state == JobState::done);
}

TEST_CASE("files that are not ours, or not what they should be, are told and not followed") {
  const JobScratch scratch;
  const auto jobs = store();
  const auto id = make(jobs, done(1));
  const auto state = scratch.of(id) / "state";
  const auto line = JobScratch::read(state);
  const auto why = [&] {
    const auto job = jobs.find(id);
    REQUIRE_FALSE(job);
    CHECK(job.error().code == Exit::failed);
    return job.error().why;
  };
  JobScratch::write(state, line.substr(0, line.size() / 2));
  CHECK_FALSE(why().empty());
  JobScratch::write(state, std::string(100'000, ' ') + line);
  CHECK(why().find("larger") != std::string::npos);
  JobScratch::write(scratch.of(id) / "copy", line);
  fs::remove(state);
  fs::create_symlink("copy", state);
  CHECK_FALSE(why().empty());
  fs::remove(state);
  REQUIRE(::mkfifo(state.c_str(), 0600) == 0);
  CHECK_FALSE(why().empty());
  fs::remove(state);
  JobScratch::write(state, client::line_of(done(id + 1)));  // another job's
  CHECK_FALSE(why().empty());
  JobScratch::write(state, line);
  CHECK(jobs.find(id));
  if (::getuid() == 0) {
    REQUIRE(::chown(state.c_str(), 65534, 65534) == 0);
    CHECK_FALSE(why().empty());
  }
  // It can be removed whatever it is, and nothing else goes with it.
  fs::create_directory(scratch.root / "precious");
  JobScratch::write(scratch.root / "precious" / "state", "x");
  fs::create_symlink(scratch.root / "precious", scratch.of(77));
  CHECK(jobs.find(77).error().code == Exit::failed);
  CHECK(jobs.remove(77));
  CHECK(jobs.remove(id));
  CHECK(fs::exists(scratch.root / "precious" / "state"));
  CHECK(jobs.ids().empty());
}

TEST_CASE("a folder that others can enter is not used") {
  const JobScratch scratch;
  REQUIRE(JobStore::open(false));
  CHECK(JobStore::open(false)->ids().empty());
  CHECK_FALSE(fs::exists(scratch.jobs));
  (void)store();
  fs::permissions(scratch.jobs, fs::perms(0750));
  CHECK(JobStore::open(false).error().why.find("only you") != std::string::npos);
  CHECK_FALSE(JobStore::open(true));
  fs::remove_all(scratch.jobs);
  fs::create_directory(scratch.root / "other");
  fs::permissions(scratch.root / "other", fs::perms(0700));
  fs::create_directory_symlink(scratch.root / "other", scratch.jobs);
  CHECK_FALSE(JobStore::open(true));
}

TEST_CASE("why the folder of jobs cannot be made is told") {
  const JobScratch scratch;
  fs::permissions(scratch.root, fs::perms(0555));
  // Root may write everywhere.
  if (::getuid() == 0) REQUIRE(::seteuid(65534) == 0);
  const auto opened = JobStore::open(true);
  if (::getuid() == 0) REQUIRE(::seteuid(0) == 0);
  fs::permissions(scratch.root, fs::perms(0700));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().why == "Permission denied");
}

TEST_CASE("a state folder that is no absolute path is not used") {
  const JobScratch scratch;
  ::setenv("XDG_STATE_HOME", "relative", 1);
  CHECK(paths::state_home() == paths::home() / ".local/state" / "ctys");
}

TEST_CASE("jobs that ended long ago, or before many others, are removed; those that run are not") {
  const JobScratch scratch;
  const auto jobs = store();
  const auto alive = make(jobs, running(1));
  auto old = done(1);
  old.ended -= client::kJobsAge + 10;
  const auto ancient = make(jobs, old);
  fs::create_directory(scratch.of(500));  // nobody got to fill it
  const auto first = make(jobs, done(1));
  CHECK(jobs.find(ancient).error().code == Exit::nothing);
  CHECK(first == 3);  // 500 was no job
  for (std::size_t i = 0; i < client::kMostJobs + 1; ++i) (void)make(jobs, done(1));
  CHECK(jobs.ids().size() == client::kMostJobs + 2);  // the running one, and the one that was just made
  CHECK(jobs.find(alive));
  CHECK(jobs.find(first).error().code == Exit::nothing);
}
