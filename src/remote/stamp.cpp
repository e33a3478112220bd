// Whether a file is as it was.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/stamp.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace ctys::remote {

std::string stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "- " + path;
  const std::array<long long, 9> numbers{static_cast<long long>(status.st_dev),
                                         static_cast<long long>(status.st_ino),
                                         static_cast<long long>(status.st_mode),
                                         static_cast<long long>(status.st_uid),
                                         static_cast<long long>(status.st_size),
                                         static_cast<long long>(status.st_mtim.tv_sec),
                                         status.st_mtim.tv_nsec,
                                         static_cast<long long>(status.st_ctim.tv_sec),
                                         status.st_ctim.tv_nsec};
  std::string text;
  for (const auto number : numbers) text.append(text.empty() ? "" : ":").append(std::to_string(number));
  return text.append(" ").append(path);
}

bool all_hold(const std::vector<std::string>& stamps) {
  return !stamps.empty() && std::all_of(stamps.begin(), stamps.end(), [](const std::string& stamp) {
    const auto blank = stamp.find(' ');
    return blank != std::string::npos && stamp_of(stamp.substr(blank + 1)) == stamp;
  });
}

}  // namespace ctys::remote
