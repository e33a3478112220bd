// Jobs, started and ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/job_keeper.hpp"

#include "job_scratch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <set>

using namespace ctys;
using client::Job;
using client::JobState;
using client::JobStore;
using client::start_job;
using client::Work;
using tests::JobScratch;

namespace {

constexpr std::chrono::minutes kLong{1};

Job find(unsigned id) {
  const auto store = JobStore::open(false);
  REQUIRE(store);
  const auto job = store->find(id);
  REQUIRE(job);
  return *job;
}

Job start(std::function<int()> run, std::size_t most = client::kMostOutput) {
  unsigned told = 0;
  const auto id = start_job({"ctys test", std::move(run),
                             [&](unsigned number) {
                               told = number;
                               return true;
                             }},
                            most);
  REQUIRE(id);
  CHECK(told == *id);
  return find(*id);
}

// How it ended.
Job end_of(const Job& job) {
  CHECK(client::wait_for(job, kLong));
  return find(job.id);
}

[[noreturn]] int hang() {
  for (;;) ::pause();
}

}  // namespace

TEST_CASE("a job keeps what its work said, and its status") {
  const JobScratch scratch;
  const auto good = end_of(start([] {
    (void)write_all(STDOUT_FILENO, "result\n");
    (void)write_all(STDERR_FILENO, "message\n");
    return 0;
  }));
  CHECK(good.state == JobState::done);
  CHECK(good.status == 0);
  CHECK(good.ended >= good.started);
  CHECK_FALSE(good.cut);
  CHECK(JobScratch::read(scratch.of(good.id) / "out") == "result\n");
  CHECK(JobScratch::read(scratch.of(good.id) / "err") == "message\n");
  const auto bad = end_of(start([] { return 6; }));
  CHECK(bad.state == JobState::failed);
  CHECK(bad.status == 6);
  CHECK(bad.id == good.id + 1);
}

TEST_CASE("a job has no terminal, no input, and nothing else of its caller's") {
  const JobScratch scratch;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);  // without O_CLOEXEC, as shells have them
  const auto caller = ::getsid(0);
  const auto job = start([caller]() -> int {
    char byte = 0;
    const bool silent = ::read(STDIN_FILENO, &byte, 1) == 0;
    const int tty = ::open("/dev/tty", O_RDWR);
    (void)::raise(SIGHUP);  // the terminal was closed
    if (!silent || tty >= 0 || ::getsid(0) == caller) return 1;
    hang();
  });
  ::close(ends[1]);
  pollfd waiting{ends[0], POLLIN, 0};
  CHECK(::poll(&waiting, 1, 60'000) == 1);  // its other end is closed, though the job goes on
  CHECK((waiting.revents & POLLHUP) != 0);
  ::close(ends[0]);
  CHECK(find(job.id).state == JobState::running);
  client::ask_to_end(job);
  CHECK(end_of(job).state == JobState::cancelled);
}

TEST_CASE("more output than is kept does no harm") {
  const JobScratch scratch;
  const auto job = end_of(start(
      [] {
        for (int i = 0; i < 100; ++i)
          if (!write_all(STDOUT_FILENO, std::string(10'000, 'x'))) return 1;
        return 0;
      },
      25'000));
  CHECK(job.state == JobState::done);
  CHECK(job.cut);
  CHECK(std::filesystem::file_size(scratch.of(job.id) / "out") == 25'000);
}

TEST_CASE("a job is cancelled with all it has started") {
  const JobScratch scratch;
  const auto before = std::signal(SIGTERM, SIG_IGN);  // as the caller may have had it
  const auto job = start([]() -> int {
    // One that goes on when its parent ends, and ignores what it is told.
    if (::fork() == 0) {
      (void)std::signal(SIGTERM, SIG_IGN);
      if (::fork() == 0) hang();
      (void)write_all(STDOUT_FILENO, std::to_string(::getpid()) + "\n");
      hang();
    }
    hang();
  });
  (void)std::signal(SIGTERM, before);
  const auto out = scratch.of(job.id) / "out";
  for (int i = 0; i < 6000 && JobScratch::read(out).empty(); ++i) ::poll(nullptr, 0, 10);
  const auto child = std::stoi(JobScratch::read(out));
  client::ask_to_end(job);
  const auto ended = end_of(job);
  CHECK(ended.state == JobState::cancelled);
  CHECK_FALSE(identify(child));
  CHECK(::getsid(child) == -1);
}

TEST_CASE("a job whose processes are killed is failed, or lost, and never done") {
  const JobScratch scratch;
  const auto crashed = end_of(start([] {
    (void)::raise(SIGKILL);
    return 0;
  }));
  CHECK(crashed.state == JobState::failed);
  CHECK(crashed.status == 128 + SIGKILL);
  const auto job = start([] { return (hang(), 0); });
  REQUIRE(send_signal(job.keeper, SIGKILL));
  CHECK(end_of(job).state == JobState::lost);
}

TEST_CASE("a job whose number cannot be told does not run") {
  const JobScratch scratch;
  const auto mark = scratch.root / "mark";
  Job job;
  const auto id = start_job({"ctys test",
                             [&] {
                               JobScratch::write(mark, "x");
                               return 0;
                             },
                             [&](unsigned number) {
                               job = find(number);
                               return false;
                             }});
  CHECK_FALSE(id);
  const auto ended = end_of(job);
  CHECK(ended.state == JobState::failed);
  CHECK_FALSE(std::filesystem::exists(mark));
  CHECK(JobScratch::read(scratch.of(job.id) / "err").find("not started") != std::string::npos);
}

TEST_CASE("jobs that are started at once have numbers of their own") {
  const JobScratch scratch;
  constexpr int kMany = 12;
  std::vector<pid_t> callers;
  for (int i = 0; i < kMany; ++i) {
    callers.push_back(::fork());
    if (callers.back() == 0)
      ::_exit(start_job({"ctys test", [] { return 0; }, [](unsigned) { return true; }}) ? 0 : 1);
  }
  for (const auto caller : callers) {
    int status = -1;
    REQUIRE(::waitpid(caller, &status, 0) == caller);
    CHECK(status == 0);
  }
  const auto store = JobStore::open(false);
  REQUIRE(store);
  CHECK(store->ids().size() == kMany);
  for (const auto id : store->ids()) CHECK(end_of(find(id)).state == JobState::done);
}
