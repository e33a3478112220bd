// Processes that go on without the one that started them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/process.hpp"
#include "base/text.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace ctys {
namespace {

constexpr std::size_t kMostSaid = 4096;

// What failed, why, and what to do about it, with zero bytes between them.
Error error_of(const std::string& what, std::string_view said) {
  const auto parts = text::split(said, '\0');
  if (parts.size() != 3) return {Exit::failed, what, "no process can be started for it"};
  Error error{Exit::failed, what, std::string(parts[1]), std::string(parts[2])};
  if (parts[0] != what) error.why = std::string(parts[0]) + (error.why.empty() ? "" : ": ") + error.why;
  return error;
}

}  // namespace

Result<Fd> start_apart(const std::string& what, const std::function<void(Fd line)>& run) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Exit::failed, what, system_message(errno));
  Fd line(ends[0]);
  Fd far(ends[1]);
  // Twice forked, so that whoever started it never has to reap it.
  const pid_t middle = ::fork();
  if (middle < 0) return fail(Exit::failed, what, system_message(errno));
  if (middle == 0) {
    const pid_t apart = ::fork();
    if (apart != 0) ::_exit(apart < 0 ? 1 : 0);
    line.reset();
    run(std::move(far));
    ::_exit(0);
  }
  far.reset();
  while (::waitpid(middle, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::array<char, kMostSaid> said{};
  ssize_t heard = 0;
  while ((heard = ::recv(line.get(), said.data(), said.size(), 0)) < 0 && errno == EINTR) {
  }
  if (heard == 1 && said[0] == '+') return line;
  return tl::unexpected<Error>(
      error_of(what, {said.data(), heard > 0 ? static_cast<std::size_t>(heard) : std::size_t{0}}));
}

void tell_start(const Fd& line, const Result<void>& begun) {
  std::string said = "+";
  if (!begun) {
    const auto& error = begun.error();
    said = error.summary + '\0' + error.why + '\0' + error.fix;
  }
  said.resize(std::min(said.size(), kMostSaid));
  (void)::send(line.get(), said.data(), said.size(), MSG_NOSIGNAL);
}

}  // namespace ctys
