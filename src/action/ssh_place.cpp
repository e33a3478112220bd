// Where the user's SSH configuration says that a host is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/ssh_place.hpp"

#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "inventory/threads.hpp"
#include "model/target.hpp"
#include "remote/configuration.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <vector>

namespace ctys::action {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMaxAnswer = 256U << 10;
constexpr unsigned kQuestionsAtOnce = 4;  // each is a process of a few milliseconds

}  // namespace

std::optional<SshPlace> ssh_place_in(std::string_view answer) {
  constexpr std::size_t kLongest = 255;
  constexpr std::string_view kHost = "hostname ";
  constexpr std::string_view kPort = "port ";
  SshPlace place;
  bool has_port = false;
  constexpr std::array<std::string_view, 2> kWays{"proxyjump ", "proxycommand "};
  for (const auto part : text::split(answer.substr(0, kMaxAnswer), '\n')) {
    const auto line = text::trim(part);
    if (place.host.empty() && line.starts_with(kHost)) place.host = line.substr(kHost.size());
    for (const auto way : kWays)
      if (line.starts_with(way) && text::trim(line.substr(way.size())) != "none") place.behind = true;
    if (has_port || !line.starts_with(kPort)) continue;
    const auto port = text::number(line.substr(kPort.size()));
    if (!port || *port == 0 || *port > 0xffff) return std::nullopt;
    place.port = static_cast<std::uint16_t>(*port);
    has_port = true;
  }
  if (!has_port || place.host.empty() || place.host.size() > kLongest || !text::is_plain(place.host))
    return std::nullopt;
  return place;
}

Result<void> configure_by_ssh(std::span<Asked* const> hosts, milliseconds time, int end) {
  const auto file = TRY(remote::named_configuration());
  const auto until = Clock::now() + time;
  std::atomic<std::size_t> untold{0};
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(kQuestionsAtOnce, hosts.size()));
  inventory::share_work(threads, hosts.size(), [&](unsigned, std::uint64_t item) {
    auto& host = *hosts[item];
    const auto left = std::chrono::floor<milliseconds>(until - Clock::now());
    // What the inventory calls a host may be anything: an option of ssh it is not.
    if (!model::parse_target(host.host)) return;
    std::vector<std::string> words{"ssh", "-G"};
    if (file) words.insert(words.end(), {"-F", *file});
    words.insert(words.end(), {"--", host.host});
    const auto answer = left.count() > 0 ? output_of(words, kMaxAnswer, left, end) : Result<std::string>();
    const auto place = answer ? ssh_place_in(*answer) : std::nullopt;
    if (!place) {
      ++untold;
      return;
    }
    host.host = place->host;
    host.port = place->port;
    host.behind = place->behind;
  });
  pollfd ended{end, POLLIN, 0};
  if (untold > 0 && ::poll(&ended, 1, 0) <= 0)
    log::write(log::Severity::warning, "ssh",
               "'ssh -G' did not tell of " + std::to_string(untold) +
                   (untold == 1 ? " host; it is" : " hosts; they are") +
                   " asked as its name says, or the inventory");
  return {};
}

}  // namespace ctys::action
