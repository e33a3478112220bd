// INIT:n: changes the run level of a guest's own system, by its agent.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/wait.hpp"

#include <ctys/plugin.hpp>

#include <cstdint>
#include <string>

namespace ctys::libvirt {

// One `telinit LEVEL` in the guest: asked for by the constructor. Throws Error.
class LevelChange {
 public:
  LevelChange(virDomainPtr domain, unsigned level, const std::string& title);
  // Throws Error where no agent could be asked, before anything is done for it.
  static void expect_agent(virDomainPtr domain, const std::string& title);
  // Returns when it ended well. Throws Error.
  void wait(Watch& watch, Clock::time_point until) const;

 private:
  virDomainPtr domain_;
  std::string what_;
  std::int64_t pid_ = -1;
};

}  // namespace ctys::libvirt
