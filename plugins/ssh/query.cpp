// What takes time before a connection begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
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

}  // namespace

Query::Query(const Place& place, const std::string& file)
    : host_(place.host), file_(file), ssh_(query_of(place, file), kMaxAnswer, "read the SSH configuration") {}

std::optional<std::string> Query::step() {
  const auto status = ssh_.step();
  if (!status) return std::nullopt;
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == Child::kNotRun)
    throw Error(Exit::failed, "cannot run 'ssh' to read its configuration", "it is not in PATH",
                "install it: apt install openssh-client");
  if (*status != 0)
    throw Error(Exit::usage, "cannot read the SSH configuration for " + host_, complaint_in(ssh_.text()),
                "see what it says: " + command_of(file_) + " -G " + host_);
  return std::move(ssh_.text());
}

struct LookUp::Answer {
  std::vector<Address> addresses;
  int error = 0;
};

namespace {

int look_up(const std::string& name, unsigned port, int family, int flags, std::vector<Address>& out) {
  addrinfo hints{};
  hints.ai_family = family;
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

LookUp::LookUp(const std::string& name, unsigned port, int family)
    : name_(name), family_(family), answer_(std::make_shared<Answer>()) {
  if (look_up(name, port, family, AI_NUMERICHOST, answer_->addresses) == 0) return;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Exit::failed, "cannot look up " + name, std::strerror(errno));  // NOLINT
  done_ = Descriptor(ends[0]);
  // It may outlive this object by as long as a resolver takes: what it writes to is its own.
  std::thread([answer = answer_, name, port, family, out = ends[1]] {
    answer->error = look_up(name, port, family, 0, answer->addresses);
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
                family_ == AF_UNSPEC ? "check the name, or add it to ~/.ssh/config or /etc/hosts"
                                     : "see whether AddressFamily of the SSH configuration is right for it");
  return answer_->addresses;
}

}  // namespace ctys::ssh
