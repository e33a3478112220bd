// A console as a conversation that carries its bytes: with a worker here or with another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "plugin/collector.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace ctys::client {

// How a console is opened. Its first record, or its first byte, says that it is open.
struct Session {
  // Begins the one call; its bytes come and go through the socket.
  std::function<std::unique_ptr<plugin::Gathering>(Fd stream)> start;
  // On another host: before it is open somebody may be asked for a password at the terminal.
  bool far = false;
  // Until it is open; unset: as long as it takes.
  std::optional<std::chrono::milliseconds> deadline = {};
  // Called when it is: what was shown of the wait makes room.
  std::function<void()> opened = [] {};
};

// After the last byte: the other side sees the end of the stream and says how it went. One that hangs is not
// waited for.
void hear_the_end(plugin::Gathering& session, int stream);

}  // namespace ctys::client
