// The neighbour table, by rtnetlink.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/neighbours.hpp"

#include "base/file.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <memory>
#include <utility>

namespace ctys::inventory {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReply = std::size_t{256} << 10;
constexpr std::chrono::seconds kPatience{5};  // for the kernel to answer

tl::unexpected<Error> cannot_read(int reason) {
  return fail(Exit::failed, "cannot read the neighbour table", system_message(reason));
}

Result<Fd> open_netlink(unsigned groups) {
  Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return cannot_read(errno);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return cannot_read(errno);
  const timeval limit{kPatience.count(), 0};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) return cannot_read(errno);
  return fd;
}

// Structures are copied out of the reply: it need not be aligned, and may be cut anywhere.
template <class T>
bool take(std::span<const std::byte> from, T& into) noexcept {
  if (from.size() < sizeof(T)) return false;
  std::memcpy(&into, from.data(), sizeof(T));
  return true;
}

std::span<const std::byte> after(std::span<const std::byte> bytes, std::size_t length) noexcept {
  constexpr std::size_t kAlign = 4;
  return bytes.subspan(std::min((length + kAlign - 1) / kAlign * kAlign, bytes.size()));
}

void read_entry(std::span<const std::byte> body, std::vector<Neighbour>& entries) {
  ndmsg head{};
  if (!take(body, head) || (head.ndm_flags & NTF_PROXY) != 0) return;
  Neighbour entry;
  body = after(body, sizeof head);
  rtattr attribute{};
  while (take(body, attribute) && attribute.rta_len >= sizeof attribute && attribute.rta_len <= body.size()) {
    const auto value = body.subspan(sizeof attribute, attribute.rta_len - sizeof attribute);
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::size_t length = head.ndm_family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    const bool known_family = head.ndm_family == AF_INET || head.ndm_family == AF_INET6;
    if (attribute.rta_type == NDA_DST && known_family && value.size() == length) {
      if (inet_ntop(head.ndm_family, value.data(), text.data(), text.size()) != nullptr)
        entry.ip = machine_ip(text.data()).value_or("");
    } else if (attribute.rta_type == NDA_LLADDR && value.size() == 6) {
      std::string digits;
      for (const auto byte : value)
        for (const unsigned half :
             {std::to_integer<unsigned>(byte) >> 4U, std::to_integer<unsigned>(byte) & 0xFU})
          digits += "0123456789abcdef"[half];
      entry.mac = machine_mac(digits).value_or("");
    }
    body = after(body, attribute.rta_len);
  }
  constexpr unsigned kGood = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
  if ((head.ndm_state & kGood) == 0) entry.mac.clear();
  entry.settled = !entry.mac.empty() || (head.ndm_state & (NUD_FAILED | NUD_NOARP)) != 0;
  if (!entry.ip.empty()) entries.push_back(std::move(entry));
}

Result<std::vector<Neighbour>> dump() {
  const auto fd = TRY(open_netlink(0));
  struct {
    nlmsghdr head;
    ndmsg body;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_GETNEIGH;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  if (::send(fd.get(), &request, sizeof request, 0) < 0) return cannot_read(errno);
  std::vector<Neighbour> entries;
  std::vector<std::byte> reply(kReply);
  for (;;) {
    const auto count = ::recv(fd.get(), reply.data(), reply.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(errno);
    if (!read_neighbour_reply(std::span(reply).first(static_cast<std::size_t>(count)), entries))
      return entries;
  }
}

bool is_of_this_network_only(const std::string& ip) {
  return ip.starts_with("fe80:");
}

// The first address of a host that is a neighbour, or may become one.
struct Asking {
  std::string host;
  std::string ip;
};

// An empty datagram: the kernel must know the MAC address before it can send it.
std::string knock(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), "9", &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(list->ai_addr, list->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) !=
      0)
    return {};
  const Fd fd(::socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return {};
  (void)::sendto(fd.get(), "", 0, 0, list->ai_addr,
                 list->ai_addrlen);  // an error shows: no neighbour comes of it
  return text.data();
}

const Neighbour* find(const std::vector<Neighbour>& table, const std::string& ip) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.ip == ip; });
  return at == table.end() ? nullptr : &*at;
}

// Waits for the kernel to tell of a change, at most until `end`. What it tells is read from the table.
void wait_for_news(const Fd& news, Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  pollfd waiting{news.get(), POLLIN, 0};
  if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return;
  std::array<std::byte, 4096> ignored{};
  while (::recv(news.get(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

bool read_neighbour_reply(std::span<const std::byte> reply, std::vector<Neighbour>& entries) {
  nlmsghdr head{};
  bool any = false;
  while (take(reply, head)) {
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > reply.size()) return false;
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) return false;
    if (head.nlmsg_type == RTM_NEWNEIGH)
      read_entry(reply.subspan(sizeof head, head.nlmsg_len - sizeof head), entries);
    reply = after(reply, head.nlmsg_len);
    any = true;
  }
  return any;
}

Result<std::vector<Lease>> live_neighbours() {
  std::vector<Lease> found;
  for (auto& entry : TRY(dump()))
    if (!entry.mac.empty() && !is_of_this_network_only(entry.ip))
      found.push_back({{}, std::move(entry.mac), std::move(entry.ip), kForever});
  return found;
}

Result<std::vector<Lease>> ask_neighbours(std::span<const std::string> hosts, std::chrono::milliseconds limit,
                                          std::vector<std::string>& silent) {
  const auto news = TRY(open_netlink(RTMGRP_NEIGH));
  const auto end = Clock::now() + limit;
  std::vector<Asking> asked;
  for (const auto& host : hosts) asked.push_back({host, knock(host)});
  auto table = TRY(dump());
  const auto open = [&](const Asking& one) {
    const auto* entry = find(table, one.ip);
    return entry != nullptr && !entry->settled;
  };
  while (std::any_of(asked.begin(), asked.end(), open) && Clock::now() < end) {
    wait_for_news(news, end);
    table = TRY(dump());
  }
  std::vector<Lease> found;
  for (auto& [host, ip] : asked) {
    const auto* entry = find(table, ip);
    if (entry != nullptr && !entry->mac.empty())
      found.push_back({machine_ip(host) ? std::string() : machine_name(host), entry->mac, ip, kForever});
    else
      silent.push_back(host);
  }
  return found;
}

}  // namespace ctys::inventory
