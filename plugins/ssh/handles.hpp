// Owned objects of libssh and the kernel.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libssh/libssh.h>

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ctys::ssh {

namespace detail {
struct Free {
  void operator()(ssh_session session) const { ssh_free(session); }
  void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
  void operator()(ssh_key key) const { ssh_key_free(key); }
};
template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Free>;
}  // namespace detail

using Session = detail::Owned<ssh_session>;
using Channel = detail::Owned<ssh_channel>;  // goes before its session
using Key = std::shared_ptr<std::remove_pointer_t<ssh_key>>;

inline Key own(ssh_key key) {
  return Key(key, detail::Free{});
}

inline void set_unblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// Owns a descriptor, which does not block.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {
    if (fd >= 0) set_unblocking(fd);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  [[nodiscard]] int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// What libssh complains of, without the numbers it gives to channels: equal complaints read the same.
[[nodiscard]] std::string complaint_of(ssh_session session);

// All of it, or false: errno tells why. For a descriptor that blocks, or a file.
[[nodiscard]] bool write_all(int fd, std::string_view text);

}  // namespace ctys::ssh
