// Asks the environment and the kernel what stdout and stderr are.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace ctys::ui {
namespace {

constexpr unsigned kDefaultWidth = 80;
constexpr unsigned kWidest = 10'000;

std::optional<unsigned> usable(std::uint64_t width) {
  if (width == 0 || width > kWidest) return std::nullopt;
  return static_cast<unsigned>(width);
}

unsigned width_of_terminal() {
  if (const auto columns = paths::environment("COLUMNS"))
    if (const auto number = text::number(*columns))
      if (const auto width = usable(*number)) return *width;
  winsize size{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): ioctl is declared so
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    if (const auto width = usable(size.ws_col)) return *width;
  return kDefaultWidth;
}

bool insists_on_color = false;

}  // namespace

void insist_on_color() noexcept {
  insists_on_color = true;
}

Terminal terminal() {
  Terminal found;
  found.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  found.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  const auto kind = paths::environment("TERM");
  found.controls = kind && *kind != "dumb";
  const bool wanted = insists_on_color || (found.controls && !paths::environment("NO_COLOR"));
  found.color = wanted && (found.out_is_terminal || found.err_is_terminal);
  found.width = found.out_is_terminal ? width_of_terminal() : 0;
  return found;
}

}  // namespace ctys::ui
