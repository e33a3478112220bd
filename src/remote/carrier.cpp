// The transport process as its caller sees it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/carrier.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace ctys::remote {
namespace {

std::optional<Kept>& the_kept() {
  static std::optional<Kept> kept;
  return kept;
}

// A worker that waits says nothing.
bool is_quiet(const Fd& fd) {
  pollfd one{fd.get(), POLLIN | POLLRDHUP, 0};
  return fd && ::poll(&one, 1, 0) == 0;
}

}  // namespace

Carrier::Carrier(pid_t pid, Fd its_control) noexcept
    : control(std::move(its_control)), pid_(pid), owner_(::getpid()) {}

Carrier::Carrier(Carrier&& other) noexcept
    : control(std::move(other.control)),
      words(std::move(other.words)),
      detached(std::move(other.detached)),
      lease(std::move(other.lease)),
      pid_(std::exchange(other.pid_, -1)),
      owner_(other.owner_),
      in_background_(other.in_background_) {}

Carrier& Carrier::operator=(Carrier&& other) noexcept {
  end();
  control = std::move(other.control);
  words = std::move(other.words);
  detached = std::move(other.detached);
  lease = std::move(other.lease);
  pid_ = std::exchange(other.pid_, -1);
  owner_ = other.owner_;
  in_background_ = other.in_background_;
  return *this;
}

void Carrier::end() noexcept {
  for (auto* fd : {&control, &detached, &lease}) {
    if (is_inherited()) (void)fd->release();
    fd->reset();
  }
  const auto pid = std::exchange(pid_, -1);
  if (pid <= 0 || owner_ != ::getpid()) return;
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Carrier::into_background() noexcept {
  if (!in_background_ && pid_ > 0) in_background_ = ::setpgid(pid_, pid_) == 0;
}

bool Carrier::detach() noexcept {
  constexpr int kMoment = 2'000;  // milliseconds
  if (!is_ours() || !detached || ::kill(pid_, SIGUSR1) != 0) return false;
  pollfd waiting{detached.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, kMoment)) < 0 && errno == EINTR) {
  }
  char word = 0;
  return ready == 1 && ::read(detached.get(), &word, 1) == 1 && word == '+';
}

bool Carrier::is_ours() const noexcept {
  return pid_ > 0 && owner_ == ::getpid();
}

bool Carrier::is_inherited() const noexcept {
  return pid_ > 0 && owner_ != ::getpid();
}

Kept::Kept(Carrier its_carrier, std::string its_way, std::vector<Waiting> its_hosts) noexcept
    : carrier(std::move(its_carrier)), way(std::move(its_way)), hosts(std::move(its_hosts)) {}

Kept::~Kept() {
  if (!carrier.is_inherited()) return;
  for (auto& host : hosts) (void)host.stream.release();
}

void keep(Kept kept) {
  the_kept().emplace(std::move(kept));
}

std::optional<Kept> take_kept(std::span<const model::Target* const> targets, const std::string& way) {
  auto kept = std::exchange(the_kept(), std::nullopt);
  if (!kept || kept->way != way || !kept->carrier.is_ours()) return std::nullopt;
  std::vector<Waiting> wanted;
  for (const auto* target : targets) {
    const auto at = std::find_if(kept->hosts.begin(), kept->hosts.end(),
                                 [&](const Waiting& one) { return one.stream && one.target == *target; });
    if (at == kept->hosts.end() || !is_quiet(at->stream)) return std::nullopt;
    wanted.push_back(std::move(*at));
  }
  kept->hosts = std::move(wanted);
  return kept;
}

}  // namespace ctys::remote
