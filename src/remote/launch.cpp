// Starts the process that carries the streams.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/launch.hpp"

#include "base/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace ctys::remote {
namespace {

int detached = -1;  // where it is said that nothing holds this process any more

// Two descriptors for each host.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The call is over, and the connections are kept: nothing may end with its terminal or be held by this
// process.
void let_go(int /*signal*/) {
  const int before = errno;
  const bool alone = ::setsid() > 0 && ::prctl(PR_SET_PDEATHSIG, 0) == 0 && ::chdir("/") == 0;
  (void)!::write(detached, alone ? "+" : "-", 1);
  errno = before;
}

// In the child. It stays in the foreground group: it may have to ask at the terminal.
void become_transport(pid_t parent, int word) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before the line above
  reset_signals();
  detached = word;
  struct sigaction action {};
  action.sa_handler = let_go;
  action.sa_flags = SA_RESTART;
  if (word >= 0) ::sigaction(SIGUSR1, &action, nullptr);
}

Result<std::pair<Fd, Fd>> both_ends() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Exit::failed, "cannot reach other hosts", system_message(errno));
  return std::pair{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace

Result<Launched> launch(std::span<const Start> jobs, const Way& way) {
  allow_many_files();
  std::vector<Fd> streams;
  std::vector<Fd> theirs;
  std::vector<FarEnd> far;
  std::vector<int> kept;
  for (const auto& start : jobs) {
    auto [ours, other] = TRY(both_ends());
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    far.push_back({start.job, other.get(), start.time_left});
    kept.push_back(other.get());
    streams.push_back(std::move(ours));
    theirs.push_back(std::move(other));
  }
  auto [control, their_control] = TRY(both_ends());
  auto [word, their_word] = TRY(both_ends());
  kept.push_back(their_control.get());
  if (way.persist) kept.push_back(their_word.get());
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    close_others(kept);
    become_transport(parent, way.persist ? their_word.get() : -1);
    ::_exit(carry(their_control.get(), far, way));
  }
  if (pid < 0) return fail(Exit::failed, "cannot reach other hosts", system_message(errno));
  ::fcntl(control.get(), F_SETFL, O_NONBLOCK);
  Launched launched{Carrier(pid, std::move(control)), std::move(streams)};
  if (way.persist) launched.carrier.detached = std::move(word);
  return launched;
}

}  // namespace ctys::remote
