// Writing to a descriptor.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "handles.hpp"

#include <algorithm>
#include <cerrno>

namespace ctys::ssh {

std::string complaint_of(ssh_session session) {
  constexpr std::string_view kChannel = " channel ";
  constexpr std::string_view kDigits = "0123456789";
  std::string text = ssh_get_error(session);
  if (const auto at = text.find(kChannel); at != std::string::npos) {
    const auto begin = at + kChannel.size();
    const auto end = std::min(text.find_first_not_of(kDigits, begin), text.size());
    if (end > begin) text.erase(begin - 1, end - begin + 1);
  }
  return text;
}

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
