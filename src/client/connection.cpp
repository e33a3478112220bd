// Does a process hold a network connection?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/connection.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

namespace ctys::client {
namespace fs = std::filesystem;
namespace {

bool has_socket(pid_t pid, std::string_view inode) {
  std::error_code error;
  const std::string wanted = "socket:[" + std::string(inode) + "]";
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error)) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone).string() == wanted) return true;
  }
  return false;
}

// One line of /proc/PID/net/tcp: "sl local remote st tx:rx tr:when retr uid timeout inode ...".
bool is_established_to(std::string_view line, unsigned port, pid_t pid) {
  constexpr std::string_view kEstablished = "01";
  std::vector<std::string_view> words;
  for (const auto word : text::split(line, ' '))
    if (!word.empty()) words.push_back(word);
  if (words.size() < 10 || words[3] != kEstablished) return false;
  const auto hex = words[2].substr(words[2].rfind(':') + 1);
  unsigned remote = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), remote, 16);
  return remote == port && has_socket(pid, words[9]);
}

}  // namespace

bool is_connected(pid_t pid, unsigned port) {
  constexpr std::size_t kLimit = 16U << 20;
  for (const auto* table : {"/net/tcp", "/net/tcp6"}) {
    const auto content = read_file("/proc/" + std::to_string(pid) + table, kLimit);
    if (!content) continue;  // it ended meanwhile, or there is no IPv6
    for (const auto line : text::split(*content, '\n'))
      if (is_established_to(line, port, pid)) return true;
  }
  return false;
}

}  // namespace ctys::client
