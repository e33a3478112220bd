// A call about a machine that may block: the process of a machine can hang.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ctys::libvirt {

// libvirt's call is made by a thread of its own, which may outlive the object: a machine whose process hangs
// answers only when that is ended. The thread holds what it needs.
class GuestCall {
 public:
  using Ask = std::function<int(virDomainPtr)>;  // below 0: libvirt's error tells why
  // `what` was tried: "cannot ask web01 to shut down". Throws Error.
  GuestCall(virDomainPtr domain, Ask ask, std::string what);
  [[nodiscard]] bool ended() const;
  [[nodiscard]] bool ends_within(std::chrono::milliseconds span) const;
  // Once it has ended: why it failed; nothing: it was done.
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace ctys::libvirt
