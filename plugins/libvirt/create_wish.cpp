// Reads the options of CREATE.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/create_wish.hpp"

#include "libvirt/text.hpp"
#include "libvirt/wait.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ctys::libvirt {
namespace {

Mode parse_mode(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords{"START", "CONNECT", "REUSE", "RECONNECT", "RESUME"};
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end())
    throw Error(Exit::usage, "unknown MODE '" + std::string(word) + "'", {},
                "choose one of START, CONNECT, REUSE, RECONNECT, RESUME");
  return static_cast<Mode>(found - kWords.begin());
}

std::uint64_t parse_number(std::string_view key, std::string_view text) {
  constexpr std::uint64_t kMost = 1'000'000;
  const auto value = number(text);
  if (!value || *value > kMost)
    throw Error(Exit::usage, std::string(key) + " needs a number, not '" + std::string(text) + "'");
  return *value;
}

// PING=tries%pause: at most so many questions, that far apart, and 7 days in all.
Wait parse_ping(std::string_view key, std::string_view text, Readiness wanted, Clock::time_point end) {
  const auto at = text.find('%');
  const auto tries = parse_number(key, text.substr(0, at));
  const auto pause = at == std::string_view::npos ? 1 : parse_number(key, text.substr(at + 1));
  constexpr std::uint64_t kMostSeconds =
      std::uint64_t{7} * 86400;  // more than any deadline, and no clock's overflow
  const std::chrono::seconds in_all{std::clamp<std::uint64_t>(tries * pause, 1, kMostSeconds)};
  return {wanted, end, std::chrono::seconds(pause), in_all};
}

}  // namespace

CreateWish parse_create(const Request& request) {
  const auto end = end_of(request, kOtherwise);
  CreateWish wish;
  auto mode = request.option("MODE").value_or("START");
  wish.planned = mode == "PLAN";
  if (wish.planned) mode = request.option("OF").value_or("");
  wish.mode = parse_mode(mode);
  // Whoever allows a second session of the same machine gets the one there is: a domain runs once.
  if (wish.mode == Mode::start && request.has("AMBIGUOUS")) wish.mode = Mode::reuse;
  wish.boot = parse_boot(request);
  wish.console = request.option("CONSOLE").value_or("");
  if (!wish.boot.mode.empty() && (wish.mode == Mode::connect || wish.mode == Mode::resume))
    throw Error(Exit::usage, "cannot combine --boot (BOOTMODE) with --connect (CONNECT) or --resume (RESUME)",
                "they never boot a machine");
  if (const auto seconds = request.option("WAITS"))
    wish.pause = std::chrono::seconds(parse_number("WAITS", *seconds));
  const auto wanted = parse_readiness(request.option("WAIT").value_or("running"));
  if (wanted != Readiness::none) wish.waits.push_back({Readiness::running, end});
  if (const auto ping = request.option("PING"))
    wish.waits.push_back(parse_ping("PING", *ping, Readiness::net, end));
  if (const auto ping = request.option("SSHPING"))
    wish.waits.push_back(parse_ping("SSHPING", *ping, Readiness::ssh, end));
  if (wanted != Readiness::none && wanted != Readiness::running) wish.waits.push_back({wanted, end});
  for (Wait& wait : wish.waits) wait.deadline = request.deadline();
  return wish;
}

}  // namespace ctys::libvirt
