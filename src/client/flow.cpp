// Bytes on their way in one direction.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/flow.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace ctys::client {

Way Flow::take(const char* stop) {
  std::array<char, 16384> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
  const ssize_t n = ::read(from, chunk.data(), chunk.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Way::open;
  if (n <= 0) return Way::closed;
  const std::string_view bytes(chunk.data(), static_cast<std::size_t>(n));
  const auto end = stop != nullptr ? bytes.find(*stop) : std::string_view::npos;
  held.append(bytes.substr(0, end));
  return end == std::string_view::npos ? Way::open : Way::closed;
}

Way Flow::give() {
  const ssize_t n = ::write(to, held.data(), held.size());
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Way::open;
  if (n < 0) return Way::closed;
  held.erase(0, static_cast<std::size_t>(n));
  return Way::open;
}

}  // namespace ctys::client
