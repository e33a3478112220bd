// A program of OpenSSH that is asked something.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "child.hpp"

#include <ctys/error.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace ctys::ssh {
namespace {

// In the child, which may do little: other threads are in the middle of something. A file that is a pipe
// keeps it waiting for ever: it ends with this process, however that ends.
[[noreturn]] void become(pid_t parent, int in, int out, char* const* argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(Child::kNotRun);  // it died before the line above
  ::dup2(in >= 0 ? in : ::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp(*argv, argv);
  ::_exit(Child::kNotRun);
}

}  // namespace

Child::Child(std::vector<std::string> words, std::size_t limit, const std::string& purpose,
             const Descriptor& input)
    : limit_(limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Exit::failed, "cannot " + purpose, std::strerror(errno));  // NOLINT
  out_ = Descriptor(ends[0]);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(parent, input.get(), ends[1], argv.data());
  const int error = errno;
  ::close(ends[1]);
  if (pid_ < 0)
    throw Error(Exit::failed, "cannot run '" + words.front() + "' to " + purpose,
                std::strerror(error));  // NOLINT
}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> Child::step() {
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t n = ::read(out_.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return std::nullopt;
    if (n > 0) text_.append(chunk.data(), static_cast<std::size_t>(n));
    if (n <= 0 || text_.size() > limit_) break;
  }
  int status = 0;
  if (text_.size() > limit_) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

}  // namespace ctys::ssh
