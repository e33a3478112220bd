// Does a process hold a network connection? Read from the kernel's tables, proc(5).
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

namespace ctys::client {

// True when `pid` has an established TCP connection to `port` of any address.
[[nodiscard]] bool is_connected(pid_t pid, unsigned port);

}  // namespace ctys::client
