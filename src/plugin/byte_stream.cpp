// The bytes of a console, between a socket and a link.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/byte_stream.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ctys::plugin {

ByteStream::ByteStream(Fd socket, Pulse pulse) : socket_(std::move(socket)), pulse_(pulse) {
  ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
}

void ByteStream::hear() {
  heard_ = Clock::now();
}

void ByteStream::announce(const wire::Bytes& header) {
  expected_ = header.size;
  if (header.size > 0) return;
  peer_ended_ = true;
  give();
}

void ByteStream::take(std::string_view bytes) {
  expected_ -= std::min(expected_, bytes.size());
  if (gone_ || peer_ended_) return;
  held_.append(bytes);
  give();
}

void ByteStream::give() {
  while (!held_.empty() && !gone_) {
    const ssize_t n = ::send(socket_.get(), held_.data(), held_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    gone_ = n < 0;
    held_.erase(0, n < 0 ? held_.size() : static_cast<std::size_t>(n));
  }
  if (peer_ended_) ::shutdown(socket_.get(), SHUT_WR);
}

void ByteStream::read(std::string& link) {
  std::array<char, 16384> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  const ssize_t n = ::recv(socket_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  ended_ = n <= 0;
  const auto size = ended_ ? 0 : static_cast<std::size_t>(n);
  link += wire::encode(wire::Bytes{size});
  link.append(chunk.data(), size);
  said_ = Clock::now();
}

void ByteStream::watch(std::vector<pollfd>& waiting, bool may_send) const {
  const int events = (may_send && !ended_ ? POLLIN : 0) | (held_.empty() ? 0 : POLLOUT);
  // A socket that was closed would be told of again and again while nobody asks for anything.
  if (events != 0) waiting.push_back({socket_.get(), static_cast<short>(events), 0});
}

void ByteStream::handle(std::span<const pollfd> ready, bool may_send, std::string& link) {
  const auto at = std::find_if(ready.begin(), ready.end(),
                               [&](const pollfd& p) { return p.fd == socket_.get() && p.revents != 0; });
  if (at != ready.end()) {
    give();
    if (may_send && !ended_) read(link);
  }
  const auto now = Clock::now();
  if (!has_room()) heard_ = now;  // nobody listens meanwhile
  if (may_send && link.empty() && now - said_ >= pulse_.beat) {
    link += wire::encode(wire::Alive{});
    said_ = now;
  }
}

int ByteStream::time_left() const {
  const auto next = std::min(said_ + pulse_.beat, heard_ + pulse_.silence) - Clock::now();
  constexpr std::int64_t kSoon = 100;  // a link that is full is looked at again
  return static_cast<int>(
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(next).count(), kSoon));
}

bool ByteStream::is_silent() const {
  return has_room() && Clock::now() - heard_ >= pulse_.silence;
}

}  // namespace ctys::plugin
