// TCP greetings and ICMP echoes with bounded waits.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/readiness_probe.hpp"

#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ctys::libvirt {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class Socket {
 public:
  Socket(int family, int type, int protocol)
      : fd_(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const std::string& address, const char* port, int type) {
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (getaddrinfo(address.c_str(), port, &hints, &list) != 0) return nullptr;
  return Addresses(list);
}

// False: the time is over.
bool wait_for(int fd, short events, Clock::time_point until) {
  pollfd entry{fd, events, 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const int ready = poll(&entry, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

TcpAnswer listen_for_greeting(int fd, Clock::time_point until) {
  constexpr std::size_t kLongest = 255;  // RFC 4253, 4.2
  TcpAnswer result{Answer::accepted, {}};
  std::array<char, kLongest> bytes{};
  while (result.greeting.size() < kLongest && wait_for(fd, POLLIN, until)) {
    const ssize_t got = recv(fd, bytes.data(), kLongest - result.greeting.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) {
      if (result.greeting.empty()) result.answer = Answer::closed;
      break;
    }
    result.answer = Answer::greeted;
    result.greeting.append(bytes.data(), static_cast<std::size_t>(got));
    if (const auto end = result.greeting.find('\n'); end != std::string::npos) {
      result.greeting.resize(end);
      break;
    }
  }
  return result;
}

TcpAnswer ask_one(const addrinfo& at, Clock::time_point until) {
  const Socket connection(at.ai_family, at.ai_socktype, at.ai_protocol);
  if (!connection) return {};
  int error = 0;
  if (connect(connection.get(), at.ai_addr, at.ai_addrlen) != 0) error = errno;
  if (error == EINPROGRESS) {
    if (!wait_for(connection.get(), POLLOUT, until)) return {};
    socklen_t size = sizeof error;
    if (getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error == ECONNREFUSED) return {Answer::refused, {}};
  if (error != 0) return {};
  return listen_for_greeting(connection.get(), until);
}

// The same eight bytes begin an echo of both versions; the kernel fills in the checksum where it can.
struct EchoPacket {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t checksum = 0;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::array<char, 8> payload{'c', 't', 'y', 's', 'p', 'i', 'n', 'g'};
};

std::uint16_t checksum_of(const EchoPacket& packet) {
  std::array<std::uint16_t, sizeof packet / 2> words{};
  std::memcpy(words.data(), &packet, sizeof packet);
  std::uint32_t sum = 0;
  for (const std::uint16_t word : words) sum += word;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

bool is_our_reply(std::string_view bytes, bool raw_v4, const EchoPacket& sent, bool v6) {
  if (raw_v4) {  // a raw socket of IPv4 delivers the IP header too
    if (bytes.empty()) return false;
    constexpr std::size_t kWord = 4;
    const std::size_t header = (static_cast<unsigned char>(bytes.front()) & 0xfU) * kWord;
    if (bytes.size() < header) return false;
    bytes.remove_prefix(header);
  }
  EchoPacket reply;
  if (bytes.size() < sizeof reply) return false;
  std::memcpy(&reply, bytes.data(), sizeof reply);
  const int wanted = v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  return reply.type == wanted && reply.sequence == sent.sequence && reply.payload == sent.payload;
}

Echo echo_one(const addrinfo& at, Clock::time_point until) {
  const bool v6 = at.ai_family == AF_INET6;
  const int protocol = v6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  const Socket unprivileged(at.ai_family, SOCK_DGRAM, protocol);
  const Socket raw(unprivileged ? -1 : at.ai_family, SOCK_RAW, protocol);
  if (!unprivileged && !raw) return Echo::not_permitted;
  const int fd = unprivileged ? unprivileged.get() : raw.get();
  // Replies to anybody else go to every raw socket as well: only what comes from there, with our number,
  // counts.
  if (connect(fd, at.ai_addr, at.ai_addrlen) != 0) return Echo::none;
  EchoPacket packet;
  packet.type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  packet.id = static_cast<std::uint16_t>(getpid());
  packet.sequence = static_cast<std::uint16_t>(Clock::now().time_since_epoch().count());
  packet.checksum = checksum_of(packet);
  if (send(fd, &packet, sizeof packet, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof packet))
    return Echo::none;
  std::array<char, 2048> bytes{};
  while (wait_for(fd, POLLIN, until)) {
    const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return Echo::none;
    if (got > 0 &&
        is_our_reply({bytes.data(), static_cast<std::size_t>(got)}, !unprivileged && !v6, packet, v6))
      return Echo::answered;
  }
  return Echo::none;
}

}  // namespace

TcpAnswer ask_tcp(const std::string& address, const std::string& port, milliseconds patience) {
  const Addresses list = resolve(address, port.c_str(), SOCK_STREAM);
  const auto until = Clock::now() + patience;
  for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next)
    if (TcpAnswer answer = ask_one(*at, until); answer.answer != Answer::none) return answer;
  return {};
}

Echo ask_echo(const std::string& address, milliseconds patience) {
  const Addresses list = resolve(address, nullptr, SOCK_DGRAM);
  if (!list) return Echo::none;
  return echo_one(*list, Clock::now() + patience);
}

bool is_ssh_banner(const std::string& greeting) {
  return greeting.starts_with("SSH-2.0-") || greeting.starts_with("SSH-1.99-");
}

}  // namespace ctys::libvirt
