// What a CANCEL asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/plugin.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace ctys::libvirt {

enum class Method { power_off, reset, reboot, pause, suspend, init };

struct CancelWish {
  Method method = Method::power_off;
  unsigned level = 0;    // INIT
  bool planned = false;  // only what would be refused is told
  bool force = false;    // by the hypervisor, without asking the guest
  bool wait = true;
  // How long the guest may take before it is switched off (POWEROFF), or given up (REBOOT, INIT).
  std::chrono::seconds patience{20};
  bool patience_given = false;
};

// From METHOD (or PLAN and OF), DELAY, TIMEOUT, LEVEL, FORCE, NOWAIT. INIT:0 and INIT:6 become what they
// mean. Throws Error: usage; refused for a wish that contradicts itself.
[[nodiscard]] CancelWish parse_cancel(const Request& request);

}  // namespace ctys::libvirt
