// What stands at the other end of stdout and stderr.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ctys::ui {

struct Terminal {
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool color = false;     // one of them is a terminal, no NO_COLOR, TERM is not dumb
  unsigned width = 80;    // of the terminal; 0 where output is not a terminal: no limit
  bool controls = false;  // TERM is not dumb: a line can be erased and written anew
};

// COLUMNS decides the width where it is set, then the terminal itself, then 80.
[[nodiscard]] Terminal terminal();
// From now on a terminal has colours, whatever NO_COLOR and TERM say.
void insist_on_color() noexcept;

}  // namespace ctys::ui
