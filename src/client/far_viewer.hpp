// A VNC viewer here on the display of a machine on another host.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process of its own holds the connection and hands its bytes to the viewer through a socket in the
// run-time folder, which only this user can enter. The socket takes one connection and is removed with it;
// process and connection end with the viewer, and the viewer with them.
#pragma once

#include "base/result.hpp"
#include "client/session.hpp"
#include "client/viewer.hpp"
#include "model/record.hpp"

namespace ctys::client {

// Starts it and returns once the viewer is connected to the display, with the viewer in the registry. Errors:
// the display could not be reached; the viewer ended before it was connected, or took longer than ten
// seconds.
[[nodiscard]] Result<void> open_far_viewer(const Session& how, const model::Record& machine,
                                           const Window& window);

}  // namespace ctys::client
