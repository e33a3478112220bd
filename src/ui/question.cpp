// Asking the person at the terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/question.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

namespace ctys::ui {

bool can_ask() {
  // A background job that asked would be stopped by the kernel.
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0 &&
         ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

bool ask_yes(std::string_view question) {
  constexpr std::size_t kLongest = 64;
  if (!write_all(STDERR_FILENO, question)) return false;
  std::string answer;
  char c = 0;
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    if (c == '\n') break;
    if (answer.size() < kLongest) answer += c;
  }
  const auto word = text::trim(answer);
  return text::equal_ci(word, "yes") || text::equal_ci(word, "y");
}

}  // namespace ctys::ui
