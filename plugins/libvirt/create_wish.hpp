// What a CREATE asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/create_boot.hpp"
#include "libvirt/readiness.hpp"

#include <ctys/plugin.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace ctys::libvirt {

enum class Mode { start, connect, reuse, reconnect, resume };

struct CreateWish {
  Mode mode = Mode::start;
  bool planned = false;  // only what would be refused is told
  Boot boot;
  std::string console;            // VNC, CLI, ANY of the two: is opened then; empty: none
  std::chrono::seconds pause{0};  // WAITS
  std::vector<Wait> waits;        // one after the other
};

// From MODE (or PLAN and OF), BOOTMODE and its parts, WAIT, PING, SSHPING, WAITS, CONSOLE, AMBIGUOUS. Throws
// Error{usage}.
[[nodiscard]] CreateWish parse_create(const Request& request);

}  // namespace ctys::libvirt
