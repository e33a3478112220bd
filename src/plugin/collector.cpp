// One worker for each call: starts them, takes what they send, ends them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/collector.hpp"

#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "plugin/conversation.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <numeric>
#include <utility>

namespace ctys::plugin {
namespace {

using Clock = std::chrono::steady_clock;

int ended_by = 0;  // the signal that asked for it

// In the child: nothing of the caller may be seen, held or disturbed by what runs here.
[[noreturn]] void become_worker(const ChildMain& child, int channel, int stream, bool own_group,
                                pid_t parent) {
  if (own_group) ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before the line above
  reset_signals();
  // No exec follows, so close-on-exec does not help: let go of everything that is not ours.
  const int in = ::fcntl(channel, F_DUPFD_CLOEXEC, 20);
  const int bytes = stream < 0 ? -1 : ::fcntl(stream, F_DUPFD_CLOEXEC, 20);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  if (!log::enabled(log::Severity::debug)) ::dup2(null, STDERR_FILENO);
  constexpr int kChannel = 3;
  constexpr int kStream = 4;
  ::dup2(in, kChannel);
  if (bytes >= 0) ::dup2(bytes, kStream);
  ::syscall(SYS_close_range, bytes >= 0 ? kStream + 1U : kChannel + 1U, ~0U, 0U);
  ::_exit(child(kChannel, kChannel, bytes >= 0 ? kStream : -1));
}

// A process that ends closes its descriptors a moment before it is gone; another one may have closed them
// only.
bool ends_soon(pid_t pid) {
  constexpr int kMoment = 1'000;  // milliseconds
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd waiting{process.get(), POLLIN, 0};
  return process && ::poll(&waiting, 1, kMoment) > 0;
}

// Libraries end the process when they get no descriptor: their plugin can do nothing about that.
std::optional<Error> want_of_descriptors(const std::string& summary) {
  constexpr rlim_t kFew = 64;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kFew) return std::nullopt;
  return Error{Exit::failed, summary,
               "a process may open " + std::to_string(files.rlim_cur) + " files here, which is too few",
               "allow more: ulimit -n 1024"};
}

// Nothing that a plugin does by itself ends like this.
bool was_killed(int status) {
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
}

Error how_it_ended(int status, const std::string& type) {
  constexpr const char* kReport = "please report this as a bug of the plugin";
  if (was_killed(status)) {
    const std::string what = "the worker of plugin " + type + " was killed";
    if (WTERMSIG(status) == SIGTERM) return {Exit::failed, what, "by somebody's SIGTERM"};
    return {Exit::failed, what, "by somebody's SIGKILL, or for want of memory",
            "see whether the kernel's log tells of its out-of-memory killer (dmesg)"};
  }
  if (WIFSIGNALED(status)) {
    const char* text = ::sigdescr_np(WTERMSIG(status));
    const std::string what = "plugin " + type + " crashed";
    if (auto few = want_of_descriptors(what)) return *std::move(few);
    return {Exit::failed, what, text != nullptr ? text : "signal " + std::to_string(WTERMSIG(status)),
            kReport};
  }
  const std::string what = "plugin " + type + " ended its worker";
  if (auto few = want_of_descriptors(what)) return *std::move(few);
  return {Exit::failed, what, "it called exit(" + std::to_string(WEXITSTATUS(status)) + ")", kReport};
}

}  // namespace

struct Collector::Worker {
  wire::Call call;
  pid_t pid = -1;
  Fd channel;
  std::string unsent;
  std::optional<Clock::time_point> deadline;
  Conversation talk{Peer{}};
};

Collector::Collector(std::span<const wire::Call> calls, Options options, const ChildMain& child, int stream,
                     bool own_groups)
    : options_(std::move(options)), own_groups_(own_groups) {
  workers_.resize(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    workers_[i].call = calls[i];
    workers_[i].talk =
        Conversation({"plugin " + calls[i].type, calls[i].type, {}, calls[i].endpoint, own_groups});
    start(workers_[i], child, stream);
  }
}

Collector::~Collector() {
  for (auto& worker : workers_) reap(worker);
}

void Collector::start(Worker& worker, const ChildMain& child, int stream) {
  if (worker.call.deadline_ms)
    worker.deadline = Clock::now() + std::chrono::milliseconds(*worker.call.deadline_ms) + options_.grace;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return stop(worker, {Exit::failed, "cannot start a worker", system_message(errno)});
  worker.channel.reset(ends[0]);
  const Fd far(ends[1]);
  const pid_t parent = ::getpid();
  worker.pid = ::fork();
  if (worker.pid == 0) become_worker(child, far.get(), stream, own_groups_, parent);
  if (worker.pid < 0) return stop(worker, {Exit::failed, "cannot start a worker", system_message(errno)});
  if (own_groups_) ::setpgid(worker.pid, worker.pid);  // both sides do it: no moment without the group
  ::fcntl(worker.channel.get(), F_SETFL, O_NONBLOCK);
  worker.unsent = wire::encode(worker.call);
}

bool Collector::done() const {
  return std::all_of(workers_.begin(), workers_.end(), [](const Worker& w) { return w.talk.ended(); });
}

std::size_t Collector::records() const {
  return std::accumulate(workers_.begin(), workers_.end(), std::size_t{0},
                         [](std::size_t sum, const Worker& w) { return sum + w.talk.records(); });
}

void Collector::watch(std::vector<pollfd>& waiting) const {
  for (const auto& worker : workers_) {
    if (worker.talk.ended()) continue;
    const short events = worker.unsent.empty() ? POLLIN : POLLIN | POLLOUT;
    waiting.push_back({worker.channel.get(), events, 0});
  }
}

int Collector::time_left() const {
  std::optional<Clock::time_point> first;
  for (const auto& worker : workers_)
    if (!worker.talk.ended() && worker.deadline && (!first || *worker.deadline < *first))
      first = worker.deadline;
  if (!first) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first - Clock::now()).count();
  return static_cast<int>(std::clamp<long>(left, 0, 3'600'000));
}

void Collector::handle(std::span<const pollfd> ready) {
  for (auto& worker : workers_) {
    if (worker.talk.ended()) continue;
    const auto at = std::find_if(ready.begin(), ready.end(), [&](const pollfd& p) {
      return p.fd == worker.channel.get() && p.revents != 0;
    });
    if (at != ready.end()) {
      if ((at->revents & POLLOUT) != 0 && !worker.unsent.empty()) {
        const ssize_t n =
            ::send(worker.channel.get(), worker.unsent.data(), worker.unsent.size(), MSG_NOSIGNAL);
        if (n > 0) worker.unsent.erase(0, static_cast<std::size_t>(n));
        if (n < 0 && errno != EAGAIN && errno != EINTR) worker.unsent.clear();  // reading will tell why
      }
      if ((at->revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive(worker);
    }
    if (!worker.talk.ended() && worker.deadline && Clock::now() >= *worker.deadline)
      stop(worker,
           {Exit::deadline,
            worker.call.type + " did not answer within " +
                text::seconds(worker.call.whole_ms.value_or(*worker.call.deadline_ms)),
            worker.talk.doing().empty() ? std::string() : "it was " + worker.talk.doing(),
            "give it more time with --deadline"},
           true);
  }
}

void Collector::receive(Worker& worker) {
  std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  const ssize_t n = ::read(worker.channel.get(), chunk.data(), chunk.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    if (!ends_soon(worker.pid)) {
      const std::string what = "plugin " + worker.call.type + " closed its channel and went on";
      auto few = want_of_descriptors(what);
      return stop(worker, few ? *std::move(few)
                              : Error{Exit::failed, what, {}, "please report this as a bug of the plugin"});
    }
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (own_groups_) ::kill(-worker.pid, SIGKILL);  // what it may have left in its group
    worker.pid = -1;
    return stop(worker, how_it_ended(status, worker.call.type), true);
  }
  worker.talk.feed({chunk.data(), static_cast<std::size_t>(n)}, options_.progress);
  if (worker.talk.ended()) reap(worker);
}

void Collector::stop(Worker& worker, Error error, bool unfinished) {
  worker.talk.stop(std::move(error), unfinished);
  reap(worker);
}

// The worker is not needed any more: whatever it still does, it and its children are gone when this returns.
void Collector::reap(Worker& worker) {
  worker.channel.reset();
  if (worker.pid <= 0) return;
  ::kill(own_groups_ ? -worker.pid : worker.pid, SIGKILL);
  while (::waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  worker.pid = -1;
}

void Collector::abandon(const Error& error) {
  for (auto& worker : workers_)
    if (!worker.talk.ended()) {
      auto own = error;
      if (own.why.empty() && !worker.talk.doing().empty()) own.why = "it was " + worker.talk.doing();
      stop(worker, std::move(own), true);
    }
}

std::vector<Outcome> Collector::take_each() {
  std::vector<Outcome> each;
  each.reserve(workers_.size());
  for (auto& worker : workers_) each.push_back(worker.talk.take());
  return each;
}

int asked_to_end() noexcept {
  return ended_by;
}
void ask_to_end(int number) noexcept {
  ended_by = number;
}

TakenSignals::TakenSignals() {
  sigset_t asked;
  sigemptyset(&asked);
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(number)) sigaddset(&asked, number);
  ::pthread_sigmask(SIG_BLOCK, &asked, &before_);
  signals_.reset(::signalfd(-1, &asked, SFD_CLOEXEC | SFD_NONBLOCK));
}

TakenSignals::~TakenSignals() {
  signalfd_siginfo taken{};
  while (::read(signals_.get(), &taken, sizeof taken) > 0) ended_by = static_cast<int>(taken.ssi_signo);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void wait_for(std::span<Gathering* const> all, int caller) {
  const TakenSignals signals;
  while (!std::all_of(all.begin(), all.end(), [](const Gathering* one) { return one->done(); })) {
    std::vector<pollfd> waiting{{signals.fd(), POLLIN, 0}, {caller, POLLIN | POLLRDHUP, 0}};
    int left = -1;
    for (const auto* one : all) {
      one->watch(waiting);
      const int its = one->time_left();
      if (its >= 0 && (left < 0 || its < left)) left = its;
    }
    if (::poll(waiting.data(), waiting.size(), left) < 0 && errno != EINTR) break;
    if (waiting[0].revents != 0 || waiting[1].revents != 0)
      for (auto* one : all) one->abandon(interrupted());
    for (auto* one : all) one->handle(std::span(waiting).subspan(2));
  }
}

void wait_for(Gathering& one, int caller) {
  std::array<Gathering*, 1> all{&one};
  wait_for(all, caller);
}

}  // namespace ctys::plugin
