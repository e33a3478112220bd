// One call of libvirt in a thread of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/guest_call.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace ctys::libvirt {

struct GuestCall::Shared {
  std::mutex mutex;
  std::condition_variable news;
  bool ended = false;
  std::optional<Error> failure;
};

GuestCall::GuestCall(virDomainPtr domain, Ask ask, std::string what) : shared_(std::make_shared<Shared>()) {
  if (virDomainRef(domain) < 0) throw last_error_of(domain, "cannot keep");
  std::thread([shared = shared_, held = DomainHandle(domain), ask = std::move(ask),
               what = std::move(what)]() mutable {
    std::optional<Error> failure;
    if (ask(held.get()) < 0) failure = last_error(what);  // libvirt's errors belong to their thread
    held.reset();
    const std::lock_guard lock(shared->mutex);
    shared->failure = std::move(failure);
    shared->ended = true;
    shared->news.notify_all();
  }).detach();
}

bool GuestCall::ended() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->ended;
}

bool GuestCall::ends_within(std::chrono::milliseconds span) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->news.wait_for(lock, span, [&] { return shared_->ended; });
}

std::optional<Error> GuestCall::failure() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->failure;
}

}  // namespace ctys::libvirt
