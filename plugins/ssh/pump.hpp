// Bytes between a channel and a socket, neither of which blocks.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libssh/libssh.h>

#include <string>

namespace ctys::ssh {

inline constexpr std::size_t kChunk = 64U << 10;

// What the channel has, to the socket; what that does not take stays in `held`, and nothing is read before it
// is gone: the other side slows down. False: the channel has ended and all of it was handed on, or the socket
// is closed.
[[nodiscard]] bool channel_to_socket(ssh_channel channel, std::string& held, int socket);
// The other way. False: the socket has ended and all of it was handed on, or the channel is closed.
[[nodiscard]] bool socket_to_channel(int socket, std::string& held, ssh_channel channel);

// One direction of it: writes what is held. False: the socket is closed.
[[nodiscard]] bool flush(std::string& held, int socket);

}  // namespace ctys::ssh
