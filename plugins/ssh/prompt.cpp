// Asking the person at the terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "prompt.hpp"

#include "handles.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <termios.h>

namespace ctys::ssh {
namespace {

// No echo while it lives.
class Quiet {
 public:
  Quiet(int terminal, bool echo) : terminal_(terminal) {
    changed_ = !echo && ::tcgetattr(terminal, &before_) == 0;
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    ::tcsetattr(terminal, TCSAFLUSH, &quiet);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }

 private:
  int terminal_;
  bool changed_ = false;
  termios before_{};
};

}  // namespace

std::optional<std::string> ask(std::string_view question, bool echo,
                               const std::function<void(int)>& wait_for) {
  constexpr std::size_t kLongest = 1024;
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return std::nullopt;
  struct Closed {
    int fd;
    ~Closed() { ::close(fd); }
  } const closed{fd};
  const Quiet quiet(fd, echo);
  if (!write_all(fd, question)) return std::nullopt;
  std::string answer;
  char c = 0;
  for (;;) {
    wait_for(fd);
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::nullopt;
    if (c == '\n') return answer;
    if (answer.size() < kLongest) answer += c;
  }
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 400;
  std::string out;
  for (const char c : text.substr(0, kLongest))
    if ((c >= ' ' && c < '\x7f') || c == '\n') out += c;
  return out;
}

}  // namespace ctys::ssh
