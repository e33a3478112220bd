// The process that keeps a job.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/job_keeper.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

namespace ctys::client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};  // from being asked to end until the work is killed

// One of the two streams, from the pipe into its file.
struct Stream {
  Fd pipe;
  Fd file;
  std::size_t room = 0;
  bool cut = false;

  // False: there is nothing to read now, or there never will be again.
  bool pass() {
    std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read()
    const ssize_t n = ::read(pipe.get(), chunk.data(), chunk.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (n <= 0) {
      pipe.reset();
      return false;
    }
    const auto kept = std::min(room, static_cast<std::size_t>(n));
    const bool written = write_all(file.get(), {chunk.data(), kept});
    cut = cut || !written || kept < static_cast<std::size_t>(n);
    room = cut ? 0 : room - kept;
    return true;
  }
  void pass_rest() {
    constexpr int kChunks = 64;  // more than a pipe holds: what comes later is not the job's
    for (int i = 0; i < kChunks && pipe && pass(); ++i) {
    }
  }
};

class Keeper {
 public:
  Keeper(NewJob files, const Work& work, std::size_t most)
      : folder_(std::move(files.folder)),
        streams_{Stream{{}, std::move(files.out), most}, Stream{{}, std::move(files.err), most}},
        work_(work) {
    job_.id = files.id;
    job_.command = work.command;
    job_.boot = boot_id();
    job_.host = paths::host_name();
    job_.started = std::time(nullptr);
  }

  // Whoever reads the state from now on finds this process, and may ask it to end.
  Result<void> enter() {
    const std::string what = "cannot start a job";
    sigset_t waited;
    sigemptyset(&waited);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&waited, number);
    ::pthread_sigmask(SIG_SETMASK, &waited, nullptr);
    // The caller may have had them ignored, and what is ignored is never heard.
    for (const int number : {SIGCHLD, SIGTERM, SIGINT}) (void)std::signal(number, SIG_DFL);
    (void)std::signal(SIGHUP, SIG_IGN);
    signals_.reset(::signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) return fail(Exit::failed, what, system_message(errno));
    const auto self = identify(::getpid());
    if (!self) return fail(Exit::failed, what, "/proc does not tell about processes");
    job_.keeper = *self;
    return write_state(folder_, job_);
  }

  void keep() {
    if (!begin()) return give_up("no process can be started: " + system_message(errno));
    while (!reaped_) round();
    for (auto& stream : streams_) stream.pass_rest();
    if (WIFSIGNALED(status_)) end_session();
    finish();
  }

  void give_up(const std::string& why) {
    (void)write_all(streams_[1].file.get(), "ctys: the job was not started\n  why:   " + why + "\n");
    job_.state = JobState::failed;
    job_.status = static_cast<int>(Exit::failed);
    job_.ended = std::time(nullptr);
    (void)write_state(folder_, job_);
  }

 private:
  bool begin() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // nobody of this session gets away from end_session()
    std::array<Fd, 2> ends;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      std::array<int, 2> both{};
      if (::pipe2(both.data(), O_CLOEXEC) != 0) return false;
      streams_.at(i).pipe.reset(both[0]);
      ends.at(i).reset(both[1]);
      ::fcntl(both[0], F_SETFL, O_NONBLOCK);
    }
    const pid_t keeper = ::getpid();
    worker_ = ::fork();
    if (worker_ == 0) work(keeper, ends);
    return worker_ > 0;
  }

  [[noreturn]] void work(pid_t keeper, const std::array<Fd, 2>& ends) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != keeper) ::_exit(1);  // it died before the line above
    ::dup2(ends[0].get(), STDOUT_FILENO);
    ::dup2(ends[1].get(), STDERR_FILENO);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::_exit(work_.run());
  }

  void round() {
    std::array<pollfd, 3> waiting{{{signals_.get(), POLLIN, 0},
                                   {streams_[0].pipe.get(), POLLIN, 0},
                                   {streams_[1].pipe.get(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), time_left());
    hear_signals();
    for (std::size_t i = 0; i < streams_.size(); ++i)
      if (waiting.at(i + 1).revents != 0) (void)streams_.at(i).pass();
    reaped_ = ::waitpid(worker_, &status_, WNOHANG) == worker_;
    if (!reaped_ && asked_ && Clock::now() >= until_) {
      ::kill(worker_, SIGKILL);
      until_ = Clock::time_point::max();
    }
  }

  [[nodiscard]] int time_left() const {
    if (!asked_ || until_ == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now());
    return std::max(0, static_cast<int>(left.count()));
  }

  void hear_signals() {
    signalfd_siginfo heard{};
    while (::read(signals_.get(), &heard, sizeof heard) == static_cast<ssize_t>(sizeof heard)) {
      if (heard.ssi_signo == SIGCHLD || asked_) continue;
      asked_ = true;
      until_ = Clock::now() + kPatience;
      ::kill(worker_, SIGTERM);
      ::kill(worker_, SIGCONT);  // what is stopped hears nothing
    }
  }

  // Whoever works for the job and did not end with it. Who made a session of its own, a viewer for example,
  // has its own life.
  void end_session() {
    constexpr int kPause = 100;  // milliseconds until the next look, unless a child ends before
    for (;;) {
      bool any = false;
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const auto pid = text::number(entry.path().filename().string());
        if (!pid || *pid > INT_MAX) continue;
        const auto process = static_cast<pid_t>(*pid);
        if (process == job_.keeper.pid || ::getsid(process) != job_.keeper.pid || !identify(process))
          continue;
        any = true;
        ::kill(process, SIGKILL);
      }
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      if (!any) return;
      pollfd waiting{signals_.get(), POLLIN, 0};
      ::poll(&waiting, 1, kPause);
      hear_signals();
    }
  }

  void finish() {
    constexpr int kBySignal = 128;
    const bool by_signal = WIFSIGNALED(status_);
    job_.status = by_signal ? kBySignal + WTERMSIG(status_) : WEXITSTATUS(status_);
    job_.state = by_signal && asked_ ? JobState::cancelled
                 : job_.status == 0  ? JobState::done
                                     : JobState::failed;
    job_.cut = streams_[0].cut || streams_[1].cut;
    job_.ended = std::time(nullptr);
    // A disk that is full lets nobody write: the job is lost then, which is what is known of it.
    (void)write_state(folder_, job_);
  }

  Fd folder_;
  std::array<Stream, 2> streams_;
  const Work& work_;
  Job job_;
  Fd signals_;
  pid_t worker_ = -1;
  int status_ = 0;
  bool reaped_ = false;
  bool asked_ = false;  // to end
  Clock::time_point until_{};
};

// In the new process: it says on the line that the job is recorded, or why not, and gets a byte there when
// the number was announced.
void become_keeper(NewJob files, const Work& work, std::size_t most, const Fd& line) {
  ::setsid();
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null.get(), fd);
  files.lock.reset();
  // Whatever else the caller had open must not stay open as long as the job: somebody may wait for its end.
  close_others({files.folder.get(), files.out.get(), files.err.get(), line.get()});
  Keeper keeper(std::move(files), work, most);
  const auto entered = keeper.enter();
  tell_start(line, entered);
  if (!entered) return;
  char word = 0;
  ssize_t heard = 0;
  while ((heard = ::recv(line.get(), &word, 1, 0)) < 0 && errno == EINTR) {
  }
  if (heard == 1)
    keeper.keep();
  else
    keeper.give_up("its number could not be told to the caller");
}

}  // namespace

Result<unsigned> start_job(const Work& work, std::size_t most) {
  const std::string what = "cannot start a job";
  const auto store = TRY(JobStore::open(true));
  auto files = TRY(store.make());
  const auto id = files.id;
  const auto line =
      TRY(start_apart(what, [&](const Fd& far) { become_keeper(std::move(files), work, most, far); }));
  files.lock.reset();
  if (!work.announce(id)) return fail(Exit::failed, what, "its number cannot be told");
  (void)::send(line.get(), "+", 1, MSG_NOSIGNAL);
  return id;
}

void ask_to_end(const Job& job) {
  // A process that is stopped hears it when it goes on.
  if (send_signal(job.keeper, SIGTERM)) (void)send_signal(job.keeper, SIGCONT);
}

bool wait_for(const Job& job, std::chrono::milliseconds time) {
  const auto most = std::min<std::int64_t>(time.count(), INT_MAX);
  return wait_gone(job.keeper, time.count() < 0 ? -1 : static_cast<int>(most));
}

}  // namespace ctys::client
