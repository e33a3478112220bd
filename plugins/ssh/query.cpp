// What takes time before a connection begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace ctys::ssh {

namespace {

// What ssh said, without what it says while it works.
std::string complaint_in(std::string_view text) {
  constexpr std::size_t kMost = 500;
  std::string out;
  while (!text.empty() && out.size() < kMost) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with("debug") && !line.starts_with("OpenSSH_")) out.append(line).append("\n");
  }
  return out.substr(0, kMost);
}

}  // namespace

Query::Query(const Place& place, const std::string& file) : host_(place.host) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Exit::failed, "cannot read the SSH configuration", std::strerror(errno));  // NOLINT
  out_ = Descriptor(ends[0]);
  auto words = query_of(place, file);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const int error = ::posix_spawnp(&pid_, "ssh", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    pid_ = -1;
    throw Error(Exit::failed, "cannot run 'ssh' to read its configuration", std::strerror(error),  // NOLINT
                "install it: apt install openssh-client");
  }
}

Query::~Query() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<std::string> Query::step() {
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t n = ::read(out_.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return std::nullopt;
    if (n > 0) text_.append(chunk.data(), static_cast<std::size_t>(n));
    if (n <= 0 || text_.size() > kMaxAnswer) break;
  }
  int status = 0;
  if (text_.size() > kMaxAnswer) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (status != 0)
    throw Error(Exit::usage, "cannot read the SSH configuration for " + host_, complaint_in(text_),
                "see what it says: ssh -G " + host_);
  return std::move(text_);
}

struct LookUp::Answer {
  std::vector<Address> addresses;
  int error = 0;
};

namespace {

int look_up(const std::string& name, unsigned port, int flags, std::vector<Address>& out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) return error;
  for (const auto* one = list; one != nullptr; one = one->ai_next) {
    Address address;
    address.size = std::min<socklen_t>(one->ai_addrlen, sizeof address.bytes);
    std::memcpy(&address.bytes, one->ai_addr, address.size);
    address.family = one->ai_family;
    out.push_back(address);
  }
  ::freeaddrinfo(list);
  return 0;
}

}  // namespace

LookUp::LookUp(const std::string& name, unsigned port) : name_(name), answer_(std::make_shared<Answer>()) {
  if (look_up(name, port, AI_NUMERICHOST, answer_->addresses) == 0) return;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Exit::failed, "cannot look up " + name, std::strerror(errno));  // NOLINT
  done_ = Descriptor(ends[0]);
  // It may outlive this object by as long as a resolver takes: what it writes to is its own.
  std::thread([answer = answer_, name, port, out = ends[1]] {
    answer->error = look_up(name, port, 0, answer->addresses);
    ::close(out);
  }).detach();
}

std::optional<std::vector<Address>> LookUp::step() {
  if (done_.get() >= 0) {
    char byte = 0;
    if (::read(done_.get(), &byte, 1) < 0) return std::nullopt;
  }
  if (answer_->error != 0 || answer_->addresses.empty())
    throw Error(Exit::unreachable, "there is no host " + name_, ::gai_strerror(answer_->error),
                "check the name, or add it to ~/.ssh/config or /etc/hosts");
  return answer_->addresses;
}

}  // namespace ctys::ssh
