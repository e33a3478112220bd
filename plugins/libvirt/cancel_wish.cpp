// Reads the options of CANCEL.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/cancel_wish.hpp"

#include "libvirt/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ctys::libvirt {
namespace {

constexpr unsigned kLastLevel = 6;

Method parse_method(std::string_view word) {
  constexpr std::array<std::string_view, 6> kWords{"POWEROFF", "RESET", "REBOOT", "PAUSE", "SUSPEND", "INIT"};
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end())
    throw Error(Exit::usage, "unknown METHOD '" + std::string(word) + "'", {},
                "choose one of POWEROFF, RESET, REBOOT, PAUSE, SUSPEND, INIT");
  return static_cast<Method>(found - kWords.begin());
}

std::optional<std::uint64_t> parse_number(const Request& request, std::string_view key, std::uint64_t most) {
  const auto text = request.option(key);
  if (!text) return std::nullopt;
  const auto value = number(*text);
  if (!value || *value > most)
    throw Error(Exit::usage, std::string(key) + " needs a number up to " + std::to_string(most) + ", not '" +
                                 std::string(*text) + "'");
  return value;
}

void expect_consistent(const CancelWish& wish) {
  if (!wish.wait && wish.method == Method::suspend)
    throw Error(Exit::refused, "will not suspend without waiting",
                "the state is complete only when all of it is on disk", "leave NOWAIT out");
  if (!wish.force) return;
  if (wish.method == Method::reboot)
    throw Error(Exit::refused, "will not reboot by force", "a reboot goes through the guest's own system",
                "use RESET to have the hypervisor restart it, or leave FORCE out");
  if (wish.method == Method::init)
    throw Error(Exit::refused, "will not change a run level by force", "only the guest's own system can",
                "leave FORCE out");
}

}  // namespace

CancelWish parse_cancel(const Request& request) {
  constexpr std::uint64_t kMostSeconds = 86400;
  CancelWish wish;
  auto method = request.option("METHOD").value_or("POWEROFF");
  wish.planned = method == "PLAN";
  if (wish.planned) method = request.option("OF").value_or("");
  wish.method = parse_method(method);
  wish.force = request.has("FORCE");
  wish.wait = !request.has("NOWAIT");
  const auto delay = parse_number(request, "DELAY", kMostSeconds);
  const auto timeout = parse_number(request, "TIMEOUT", kMostSeconds);
  if (delay || timeout) {
    wish.patience = std::chrono::seconds(delay ? *delay : *timeout);
    wish.patience_given = true;
  }
  const auto level = parse_number(request, "LEVEL", kLastLevel);
  if (wish.method == Method::init && !level)
    throw Error(Exit::usage, "INIT needs a run level", {}, "use INIT:n with n from 0 to 6");
  wish.level = static_cast<unsigned>(level.value_or(0));
  expect_consistent(wish);
  // The guest's own words for going down: the same, and its end can be seen.
  if (wish.method == Method::init && wish.level == 0) wish.method = Method::power_off;
  if (wish.method == Method::init && wish.level == kLastLevel) wish.method = Method::reboot;
  return wish;
}

}  // namespace ctys::libvirt
