// The end of a console's conversation.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/session.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace ctys::client {

void hear_the_end(plugin::Gathering& session, int stream) {
  constexpr int kSteps = 20;
  constexpr int kStep = 100;  // milliseconds
  ::shutdown(stream, SHUT_RDWR);
  for (int step = 0; step < kSteps && !session.done(); ++step) {
    std::vector<pollfd> waiting;
    session.watch(waiting);
    if (::poll(waiting.data(), waiting.size(), kStep) < 0 && errno != EINTR) return;
    session.handle(waiting);
  }
}

}  // namespace ctys::client
