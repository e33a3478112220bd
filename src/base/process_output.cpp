// What a short program prints.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <vector>

namespace ctys {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void become(const std::string& file, const std::vector<char*>& argv, int out, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the line above
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execv(file.c_str(), argv.data());
  ::_exit(127);
}

enum class Read { all, late, ended };

Read read_until(int fd, Clock::time_point time, int end, std::size_t limit, std::string& text) {
  std::array<char, 4096> buffer{};
  while (text.size() < limit) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now()).count();
    std::array<pollfd, 2> waiting{{{fd, POLLIN, 0}, {end, POLLIN, 0}}};
    const int ready = left > 0 ? ::poll(waiting.data(), waiting.size(), static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Read::late;
    if (waiting.back().revents != 0) return Read::ended;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Read::all;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  text.resize(limit);
  return Read::all;
}

}  // namespace

Result<std::string> output_of(std::span<const std::string> argv, std::size_t limit,
                              std::chrono::milliseconds time, int end) {
  const std::string what = "cannot run " + argv.front();
  const auto file = find_program(argv.front());
  if (!file) return fail(Exit::failed, what, "there is no such program in PATH", "install it");
  std::vector<char*> raw;
  for (const auto& argument : argv) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Exit::failed, what, system_message(errno));
  const Fd out(ends[0]);
  Fd in(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail(Exit::failed, what, system_message(errno));
  if (child == 0) become(*file, raw, in.get(), parent);
  ::setpgid(child, child);  // whoever of the two comes first
  in.reset();
  std::string text;
  const auto read = read_until(out.get(), Clock::now() + time, end, limit, text);
  ::kill(-child, SIGKILL);  // whatever of it is left
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (read == Read::ended) return fail(Exit::failed, what, "somebody has ended it");
  if (read == Read::late)
    return fail(Exit::deadline, what, "it did not end within " + std::to_string(time.count()) + " ms");
  return text;
}

}  // namespace ctys
