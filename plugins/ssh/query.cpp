// What takes time before a connection begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

namespace ctys::ssh {

namespace {

// What ssh said, without what it says while it works.
std::string complaint_in(std::string_view text) {
  constexpr std::size_t kMost = 500;
  std::string out;
  while (!text.empty() && out.size() < kMost) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (!line.starts_with("debug") && !line.starts_with("OpenSSH_")) out.append(line).append("\n");
  }
  out.resize(std::min(out.size(), kMost));
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

constexpr int kNotRun = 127;  // as a shell has it; ssh itself ends with 255

// In the child, which may do little: other threads are in the middle of something. A configuration that is a
// pipe keeps ssh waiting for ever: it ends with this process, however that ends.
[[noreturn]] void become_ssh(pid_t parent, int out, char* const* argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kNotRun);  // it died before the line above
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp("ssh", argv);
  ::_exit(kNotRun);
}

}  // namespace

Query::Query(const Place& place, const std::string& file) : host_(place.host), file_(file) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Exit::failed, "cannot read the SSH configuration", std::strerror(errno));  // NOLINT
  out_ = Descriptor(ends[0]);
  auto words = query_of(place, file);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become_ssh(parent, ends[1], argv.data());
  const int error = errno;
  ::close(ends[1]);
  if (pid_ < 0)
    throw Error(Exit::failed, "cannot run 'ssh' to read its configuration", std::strerror(error));  // NOLINT
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
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotRun)
    throw Error(Exit::failed, "cannot run 'ssh' to read its configuration", "it is not in PATH",
                "install it: apt install openssh-client");
  if (status != 0)
    throw Error(Exit::usage, "cannot read the SSH configuration for " + host_, complaint_in(text_),
                "see what it says: " + command_of(file_) + " -G " + host_);
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
