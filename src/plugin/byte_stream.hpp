// The bytes of a console: between a socket here and the link of a conversation with another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "wire/message.hpp"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ctys::plugin {

// How often a side says that it is there, and after how much silence the other one is given up.
struct Pulse {
  std::chrono::milliseconds beat{15'000};
  std::chrono::milliseconds silence{60'000};
};

// Both sides of a link use it; passive, the owner polls. At most kRoom and one message are held for the
// socket: who does not take them slows the other side down, through the link, and no memory grows.
class ByteStream {
 public:
  static constexpr std::size_t kRoom = 64U << 10;

  explicit ByteStream(Fd socket, Pulse pulse = {});

  // From the link, whatever arrived: called for every round in which something did.
  void hear();
  // A header has come: its bytes follow.
  void announce(const wire::Bytes& header);
  // Bytes that were announced and have not come yet.
  [[nodiscard]] std::size_t expected() const noexcept { return expected_; }
  void take(std::string_view bytes);
  // Nothing may be read from the link while it is false.
  [[nodiscard]] bool has_room() const noexcept { return held_.size() < kRoom; }

  // To the link. `may_send`: its own buffer takes more.
  void watch(std::vector<pollfd>& waiting, bool may_send) const;
  void handle(std::span<const pollfd> ready, bool may_send, std::string& link);
  // Milliseconds until handle() has to be called whatever happens.
  [[nodiscard]] int time_left() const;
  // Nothing was heard for too long, although somebody listened.
  [[nodiscard]] bool is_silent() const;
  [[nodiscard]] std::chrono::milliseconds silence() const noexcept { return pulse_.silence; }

  // Something is held for the socket.
  [[nodiscard]] bool pending() const noexcept { return !held_.empty(); }
  void drop() { held_.clear(); }
  // The socket's side has said its last.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // The link's side has said its last, and the socket has all of it.
  [[nodiscard]] bool drained() const noexcept { return peer_ended_ && held_.empty(); }

 private:
  using Clock = std::chrono::steady_clock;
  void give();
  void read(std::string& link);

  Fd socket_;
  Pulse pulse_;
  std::string held_;  // for the socket
  std::size_t expected_ = 0;
  bool gone_ = false;  // nobody reads from the socket any more: what comes for it is dropped
  bool peer_ended_ = false;
  bool ended_ = false;
  Clock::time_point heard_ = Clock::now();
  Clock::time_point said_ = Clock::now();
};

}  // namespace ctys::plugin
