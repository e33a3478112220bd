// Writing to a descriptor.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "handles.hpp"

#include <cerrno>

namespace ctys::ssh {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace ctys::ssh
