// The two directions of a console, driven by libvirt's event loop.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/console_pump.hpp"

#include <libvirt/virterror.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace ctys::libvirt {
namespace {

constexpr std::size_t kRoom = 64UL * 1024;

// Bytes on their way, first in first out.
class Buffer {
 public:
  [[nodiscard]] bool empty() const noexcept { return start_ == bytes_.size(); }
  [[nodiscard]] bool full() const noexcept { return bytes_.size() - start_ >= kRoom; }
  [[nodiscard]] const char* data() const noexcept { return bytes_.data() + start_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - start_; }
  void put(const char* bytes, std::size_t count) {
    bytes_.erase(0, start_);
    start_ = 0;
    bytes_.append(bytes, count);
  }
  void take(std::size_t count) noexcept { start_ += count; }

 private:
  std::string bytes_;
  std::size_t start_ = 0;
};

class Pump {
 public:
  Pump(const Connection& connection, virStreamPtr stream, int socket, std::string what)
      : connection_(connection.get()), stream_(stream), socket_(socket), what_(std::move(what)) {
    watch_ = virEventAddHandle(
        socket_, 0, [](int, int, int events, void* self) { static_cast<Pump*>(self)->on_socket(events); },
        this, nullptr);
    if (watch_ < 0) throw last_error(what_);
    if (virStreamEventAddCallback(
            stream_, 0,
            [](virStreamPtr, int events, void* self) { static_cast<Pump*>(self)->on_stream(events); }, this,
            nullptr) < 0) {
      Error error = last_error(what_);
      virEventRemoveHandle(watch_);
      throw Error(error);
    }
  }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;
  ~Pump() {
    virEventRemoveHandle(watch_);
    virStreamEventRemoveCallback(stream_);
    virStreamAbort(stream_);  // of one that has ended it does nothing
  }

  void run() {
    while (!is_over()) {
      arm();
      if (virEventRunDefaultImpl() < 0) throw last_error(what_);
      if (virConnectIsAlive(connection_) == 0)
        throw Error(Exit::unreachable, what_, "the connection to libvirt was lost");
    }
  }

  [[nodiscard]] bool ended_by_machine() const noexcept {
    return stream_ended_ && !socket_ended_ && !socket_gone_;
  }

 private:
  // The user's side ended and the guest has all of it, or the guest's side ended and the user has all of it.
  [[nodiscard]] bool is_over() const noexcept {
    return socket_gone_ || (socket_ended_ && to_guest_.empty()) || (stream_ended_ && to_user_.empty());
  }

  // Only what can make progress is waited for: an idle console costs nothing.
  void arm() {
    int socket = 0;
    if (!socket_ended_ && !to_guest_.full() && !stream_ended_) socket |= VIR_EVENT_HANDLE_READABLE;
    if (!to_user_.empty()) socket |= VIR_EVENT_HANDLE_WRITABLE;
    virEventUpdateHandle(watch_, socket);
    if (stream_ended_) return;
    int stream = 0;
    if (!to_user_.full()) stream |= VIR_STREAM_EVENT_READABLE;
    if (!to_guest_.empty()) stream |= VIR_STREAM_EVENT_WRITABLE;
    virStreamEventUpdateCallback(stream_, stream);
  }

  void on_socket(int events) {
    if ((events & VIR_EVENT_HANDLE_WRITABLE) != 0) send_to_user();
    if ((events & (VIR_EVENT_HANDLE_READABLE | VIR_EVENT_HANDLE_HANGUP | VIR_EVENT_HANDLE_ERROR)) != 0)
      read_from_user();
  }

  void read_from_user() {
    std::array<char, 16384> bytes{};
    const ssize_t got = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      to_guest_.put(bytes.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      socket_ended_ = true;
    } else if (errno != EAGAIN && errno != EINTR) {
      socket_gone_ = true;
    }
  }

  void send_to_user() {
    const ssize_t sent = send(socket_, to_user_.data(), to_user_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
      to_user_.take(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN && errno != EINTR)
      socket_gone_ = true;
  }

  void on_stream(int events) {
    if ((events & VIR_STREAM_EVENT_WRITABLE) != 0 && !to_guest_.empty()) send_to_guest();
    if ((events & (VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR)) != 0)
      read_from_guest((events & (VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR)) != 0);
  }

  void read_from_guest(bool broken) {
    constexpr int kWouldBlock = -2;
    std::array<char, 16384> bytes{};
    const int got = virStreamRecv(stream_, bytes.data(), bytes.size());
    if (got > 0) {
      to_user_.put(bytes.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      virStreamFinish(stream_);
      end_stream();
    } else if (got != kWouldBlock || broken) {
      // A machine that ends takes its console with it: to libvirt an error, to the user the end.
      end_stream();
    }
  }

  void send_to_guest() {
    constexpr int kWouldBlock = -2;
    const int sent = virStreamSend(stream_, to_guest_.data(), to_guest_.size());
    if (sent >= 0)
      to_guest_.take(static_cast<std::size_t>(sent));
    else if (sent != kWouldBlock)
      end_stream();
  }

  void end_stream() {
    stream_ended_ = true;
    virStreamEventRemoveCallback(stream_);
  }

  virConnectPtr connection_;
  virStreamPtr stream_;
  int socket_;
  int watch_ = -1;
  std::string what_;
  Buffer to_guest_;
  Buffer to_user_;
  bool socket_ended_ = false;
  bool socket_gone_ = false;
  bool stream_ended_ = false;
};

}  // namespace

bool pump(const Connection& connection, virStreamPtr stream, int socket, const std::string& what) {
  Pump pump(connection, stream, socket, what);
  pump.run();
  return pump.ended_by_machine();
}

}  // namespace ctys::libvirt
