// One line on stderr that says what is being waited for, rewritten in place, erased before anything else.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/terminal.hpp"

#include <string>
#include <string_view>

namespace ctys::ui {

// Does nothing where stderr is not a terminal that can erase a line, nor while another process group is in
// that terminal's foreground. Erase it before other output goes to the terminal; the destructor does so too,
// and a line of the log by itself. One at a time.
class Progress {
 public:
  explicit Progress(const Terminal& terminal);
  // For another descriptor than stderr: `live` says whether it can erase a line, `width` how long one is.
  Progress(int fd, bool live, unsigned width) noexcept;
  // From now on this process shows nothing: another one beside it does.
  static void silence() noexcept;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // Shows the beginning of `text`, as much as fits on one line, control characters escaped.
  void show(std::string_view text);
  void erase();

 private:
  int fd_;
  bool live_;
  unsigned width_;
  std::string shown_;  // empty: the line is clean
};

}  // namespace ctys::ui
