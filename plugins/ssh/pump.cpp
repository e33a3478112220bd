// Bytes between a channel and a socket.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pump.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ctys::ssh {

bool flush(std::string& held, int socket) {
  while (!held.empty()) {
    const ssize_t n = ::send(socket, held.data(), held.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    held.erase(0, static_cast<std::size_t>(n));
  }
  return true;
}

bool channel_to_socket(ssh_channel channel, std::string& held, int socket) {
  static std::array<char, kChunk> chunk;
  for (;;) {
    if (!flush(held, socket)) return false;
    if (!held.empty()) return true;
    const int n = ssh_channel_read_nonblocking(channel, chunk.data(), chunk.size(), 0);
    if (n == 0 || n == SSH_AGAIN)
      return ssh_channel_is_eof(channel) == 0 && ssh_channel_is_closed(channel) == 0;
    if (n < 0) return false;
    held.assign(chunk.data(), static_cast<std::size_t>(n));
  }
}

bool socket_to_channel(int socket, std::string& held, ssh_channel channel) {
  static std::array<char, kChunk> chunk;
  for (;;) {
    while (!held.empty()) {
      const auto room = std::min<std::size_t>(ssh_channel_window_size(channel), held.size());
      if (room == 0) return ssh_channel_is_closed(channel) == 0;
      const int n = ssh_channel_write(channel, held.data(), static_cast<std::uint32_t>(room));
      if (n == 0 || n == SSH_AGAIN) return true;
      if (n < 0) return false;
      held.erase(0, static_cast<std::size_t>(n));
    }
    const ssize_t n = ::read(socket, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return false;
    held.assign(chunk.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace ctys::ssh
