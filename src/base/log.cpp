// Diagnostics through spdlog. The only file that includes it: it takes seconds to compile.
// SPDX-License-Identifier: GPL-3.0-or-later
#define SPDLOG_HEADER_ONLY
#define SPDLOG_FMT_EXTERNAL
#define FMT_HEADER_ONLY
#include "base/log.hpp"

#include "base/text.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace ctys::log {
namespace {

Severity lowest_shown = Severity::warning;
BeforeLine before_line = nullptr;

spdlog::logger& logger() {
  static auto the_logger = [] {
    auto made = std::make_shared<spdlog::logger>("ctys", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("ctys: %l: %v");
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *the_logger;
}

}  // namespace

void set_level(Severity lowest) noexcept {
  lowest_shown = lowest;
}
void set_before_line(BeforeLine hook) noexcept {
  before_line = hook;
}
bool enabled(Severity severity) noexcept {
  return severity <= lowest_shown;
}

void write(Severity severity, std::string_view module, std::string_view line) {
  if (!enabled(severity)) return;
  if (before_line != nullptr) before_line();
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::err, spdlog::level::warn,
                                                   spdlog::level::info, spdlog::level::debug};
  logger().log(kLevels[static_cast<int>(severity)], "{}: {}", module, text::printable(line));
}

}  // namespace ctys::log
