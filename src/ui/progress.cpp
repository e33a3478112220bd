// The progress line: written only when it changes, never longer than the terminal is wide.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/progress.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace ctys::ui {
namespace {

constexpr std::string_view kErase = "\r\x1b[K";

Progress* current = nullptr;

// stderr may be a terminal where stdout is a pipe.
unsigned width_of_stderr(const Terminal& terminal) {
  winsize size{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): ioctl is declared so
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return terminal.width > 0 ? terminal.width : 80;
}

bool is_silent = false;

// Not on a terminal that is somebody else's by now: the line would be in their way, and under `stty tostop`
// it would stop this process.
bool may_write(int fd) {
  return ::tcgetpgrp(fd) == ::getpgrp() || ::isatty(fd) == 0;
}

}  // namespace

void Progress::silence() noexcept {
  is_silent = true;
}

Progress::Progress(const Terminal& terminal)
    : Progress(STDERR_FILENO, terminal.err_is_terminal && terminal.controls && !is_silent,
               width_of_stderr(terminal)) {}

Progress::Progress(int fd, bool live, unsigned width) noexcept : fd_(fd), live_(live), width_(width) {
  if (!live_) return;
  current = this;
  log::set_before_line([] { current->erase(); });
}

Progress::~Progress() {
  erase();
  if (current != this) return;
  log::set_before_line(nullptr);
  current = nullptr;
}

void Progress::show(std::string_view text) {
  if (!live_ || width_ < 2) return;
  // The last column stays free: some terminals wrap as soon as it is written.
  const std::string safe = text::printable(text.substr(0, 4 * std::size_t{width_}));
  const auto line = text::cut_right(safe, width_ - 1);
  if (!may_write(fd_)) return shown_.clear();  // drawn anew once this process is in front again
  if (line == shown_) return;
  // A terminal that is gone is nothing to report: the line is a courtesy.
  static_cast<void>(write_all(fd_, std::string(kErase).append(line)));
  shown_ = line;
}

void Progress::erase() {
  if (shown_.empty()) return;
  if (may_write(fd_)) static_cast<void>(write_all(fd_, kErase));
  shown_.clear();
}

}  // namespace ctys::ui
