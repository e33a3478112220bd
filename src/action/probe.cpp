// Asks hosts whether they are there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/probe.hpp"

#include "base/file.hpp"

#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ctys::action {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Place {
  sockaddr_storage address{};
  socklen_t size = 0;  // 0: nobody knows the host
};

int left(Clock::time_point end) {
  const auto rest = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(rest, 0, 60'000));
}

// Questions to the resolver, all at once. What it has not answered in time may still be written to later: it
// is left where it is then.
struct Question {
  gaicb call{};
  addrinfo hints{};
  std::string name;
};

// gai_suspend() is not used: when an answer comes while it returns, glibc's thread still tells its stack
// (2.36). So glibc tells this when all are there. Should that be too late, the descriptor stays open for it.
void tell(sigval descriptor) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor.sival_int, &one, sizeof one);
}

std::string number_of(const Place& place) {
  std::array<char, NI_MAXHOST> text{};
  const auto* const address = reinterpret_cast<const sockaddr*>(&place.address);
  const int error = ::getnameinfo(address, place.size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return error == 0 ? text.data() : "";
}

std::vector<Place> places_of(std::span<Asked> hosts, Clock::time_point end, int give_up = -1) {
  std::vector<std::unique_ptr<Question>> questions;
  std::vector<gaicb*> calls;
  for (const auto& host : hosts) {
    auto& question = questions.emplace_back(std::make_unique<Question>());
    question->name = host.host;
    question->hints.ai_socktype = SOCK_STREAM;
    question->call.ar_name = question->name.c_str();
    question->call.ar_request = &question->hints;
    calls.push_back(host.behind ? nullptr : &question->call);  // what is no question is passed over
  }
  std::vector<Place> places(hosts.size());
  if (std::all_of(hosts.begin(), hosts.end(), [](const Asked& host) { return host.behind; })) return places;
  Fd done(::eventfd(0, EFD_CLOEXEC));
  if (!done) return places;
  sigevent all{};
  all.sigev_notify = SIGEV_THREAD;
  all.sigev_value.sival_int = done.get();
  all.sigev_notify_function = tell;
  if (::getaddrinfo_a(GAI_NOWAIT, calls.data(), static_cast<int>(calls.size()), &all) != 0) return places;
  std::array<pollfd, 2> waiting{{{done.get(), POLLIN, 0}, {give_up, POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), left(end)) < 0 && errno == EINTR && Clock::now() < end) {
  }
  if (waiting[0].revents == 0) (void)done.release();
  for (std::size_t at = 0; at < questions.size(); ++at) {
    auto& question = questions[at];
    if (calls[at] == nullptr) continue;
    hosts[at].unheard = ::gai_error(&question->call) == EAI_INPROGRESS;
    if (hosts[at].unheard && ::gai_cancel(&question->call) != EAI_CANCELED) {
      (void)question.release();
      continue;
    }
    auto* const list = question->call.ar_result;
    if (::gai_error(&question->call) != 0 || list == nullptr) continue;
    places[at].size = list->ai_addrlen;
    std::memcpy(&places[at].address, list->ai_addr, list->ai_addrlen);
    ::freeaddrinfo(list);
    hosts[at].address = number_of(places[at]);
  }
  return places;
}

void set_port(Place& place, std::uint16_t port) {
  if (place.address.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(place.address).sin6_port = htons(port);
  else
    reinterpret_cast<sockaddr_in&>(place.address).sin_port = htons(port);
}

// --- SSH
// ---------------------------------------------------------------------------------------------------------

constexpr std::size_t kConnections = 200;  // at the same time
constexpr milliseconds kOneHost{3000};     // a host is waited for this long

struct Connection {
  Fd fd;
  std::size_t host = 0;
  Clock::time_point end;
  bool connected = false;
};

std::optional<Connection> connect_to(const Place& place, std::size_t host, Clock::time_point end) {
  Connection connection{Fd(::socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
                        host, std::min(end, Clock::now() + kOneHost)};
  if (!connection.fd) return std::nullopt;
  const auto* const address = reinterpret_cast<const sockaddr*>(&place.address);
  if (::connect(connection.fd.get(), address, place.size) != 0 && errno != EINPROGRESS) return std::nullopt;
  return connection;
}

// What an event on a connection tells: true, false, or nothing yet.
std::optional<bool> greeted(Connection& connection) {
  constexpr std::string_view kGreeting = "SSH-";
  std::array<char, 4> begin{};
  const ssize_t got = ::recv(connection.fd.get(), begin.data(), begin.size(), MSG_PEEK);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got <= 0) return false;
  const std::string_view text(begin.data(), static_cast<std::size_t>(got));
  if (!kGreeting.starts_with(text)) return false;
  if (text.size() < kGreeting.size()) return std::nullopt;
  return true;
}

// --- ping
// --------------------------------------------------------------------------------------------------------

struct Echo {
  icmphdr head{};  // ICMPv6 has its fields at the same places
  std::uint64_t nonce = 0;
  std::uint64_t host = 0;
};

std::uint16_t checksum(const Echo& echo) {
  std::array<std::uint16_t, sizeof(Echo) / 2> words{};
  std::memcpy(words.data(), &echo, sizeof echo);
  std::uint32_t sum = 0;
  for (const auto word : words) sum += word;
  sum = (sum >> 16U) + (sum & 0xffffU);
  sum += sum >> 16U;
  return static_cast<std::uint16_t>(~sum);
}

// A socket for echo requests, whichever kind this user may have.
Fd echo_socket(int family, bool& raw) {
  const int protocol = family == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  Fd fd(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  raw = false;
  if (fd) return fd;
  fd.reset(::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  raw = true;
  return fd;
}

struct Pinger {
  Fd fd;
  bool raw = false;
  int family = AF_INET;
  std::uint64_t nonce = 0;

  void send(const Place& place, std::size_t host) const {
    Echo echo;
    echo.head.type = family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    echo.head.un.echo.sequence = htons(static_cast<std::uint16_t>(host));
    echo.nonce = nonce;
    echo.host = host;
    if (family == AF_INET) echo.head.checksum = checksum(echo);  // of ICMPv6 the kernel's
    (void)::sendto(fd.get(), &echo, sizeof echo, 0, reinterpret_cast<const sockaddr*>(&place.address),
                   place.size);
  }

  // Takes all answers that are there.
  void receive(std::span<Asked> hosts) const {
    std::array<char, 2048> buffer{};
    for (;;) {
      const ssize_t got = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return;
      std::size_t begin = 0;
      if (raw && family == AF_INET && got > 0)
        begin = (static_cast<unsigned char>(buffer[0]) & 0xfU) * std::size_t{4};
      Echo echo;
      if (static_cast<std::size_t>(got) < begin + sizeof echo) continue;
      std::memcpy(&echo, buffer.data() + begin, sizeof echo);
      const auto reply = family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
      if (echo.head.type == reply && echo.nonce == nonce && echo.host < hosts.size())
        hosts[echo.host].answers = true;
    }
  }
};

bool all_answer(std::span<const Asked> hosts, std::span<const Place> places) {
  for (std::size_t at = 0; at < hosts.size(); ++at)
    if (places[at].size > 0 && !hosts[at].answers) return false;
  return true;
}

Result<std::vector<Pinger>> pingers_for(std::span<const Place> places) {
  std::vector<Pinger> pingers;
  std::uint64_t nonce = 0;
  (void)::getrandom(&nonce, sizeof nonce, 0);
  for (const int family : {AF_INET, AF_INET6}) {
    if (std::none_of(places.begin(), places.end(),
                     [&](const Place& p) { return p.size > 0 && p.address.ss_family == family; }))
      continue;
    Pinger pinger{{}, false, family, nonce};
    pinger.fd = echo_socket(family, pinger.raw);
    if (!pinger.fd)
      return fail(Exit::failed, "cannot send echo requests", system_message(errno),
                  "ask by -x ssh, or let this user ping: " + std::string(kAllowPing));
    pingers.push_back(std::move(pinger));
  }
  return pingers;
}

// The kernel keeps some two hundred answers for a socket and drops the others: they are taken while more is
// asked.
void send_all(std::span<const Pinger> pingers, std::span<Asked> hosts, std::span<const Place> places) {
  constexpr std::size_t kBurst = 32;
  for (std::size_t at = 0; at < hosts.size(); ++at)
    for (const auto& pinger : pingers) {
      if (!hosts[at].answers && places[at].size > 0 && places[at].address.ss_family == pinger.family)
        pinger.send(places[at], at);
      if (at % kBurst == kBurst - 1) pinger.receive(hosts);
    }
}

}  // namespace

Result<void> ask_by_ping(std::span<Asked> hosts, milliseconds deadline, const Trials& trials) {
  const auto end = Clock::now() + deadline;
  const auto places = places_of(hosts, end, trials.end);
  const auto pingers = TRY(pingers_for(places));
  std::vector<pollfd> waiting;
  for (const auto& pinger : pingers) waiting.push_back({pinger.fd.get(), POLLIN, 0});
  waiting.push_back({trials.end, POLLIN, 0});
  bool in_time = true;
  for (unsigned again = 0; again < trials.number && !all_answer(hosts, places); ++again) {
    send_all(pingers, hosts, places);
    const auto next = std::min(end, Clock::now() + trials.time);
    in_time = next < end;
    while (Clock::now() < next && !all_answer(hosts, places)) {
      if (::poll(waiting.data(), waiting.size(), std::max(left(next), 1)) <= 0) continue;
      for (const auto& pinger : pingers) pinger.receive(hosts);
      if (waiting.back().revents != 0) return {};
    }
  }
  for (std::size_t at = 0; at < hosts.size(); ++at)
    hosts[at].unheard |= !in_time && places[at].size > 0 && !hosts[at].answers;
  return {};
}

Result<void> ask_by_ssh(std::span<Asked> hosts, milliseconds deadline) {
  const auto end = Clock::now() + deadline;
  auto places = places_of(hosts, end);
  std::vector<Connection> open;
  std::vector<pollfd> waiting;
  for (std::size_t at = 0; at < hosts.size(); ++at) hosts[at].unheard |= places[at].size > 0;
  for (std::size_t next = 0; (next < hosts.size() || !open.empty()) && Clock::now() < end;) {
    for (; next < hosts.size() && open.size() < kConnections; ++next) {
      if (places[next].size == 0) continue;
      set_port(places[next], hosts[next].port);
      auto connection = connect_to(places[next], next, end);
      hosts[next].unheard = connection.has_value();
      if (connection) open.push_back(*std::move(connection));
    }
    waiting.clear();
    auto soonest = end;
    for (const auto& connection : open) {
      waiting.push_back({connection.fd.get(), POLLIN, 0});
      soonest = std::min(soonest, connection.end);
    }
    (void)::poll(waiting.data(), waiting.size(), left(soonest));
    for (std::size_t at = open.size(); at-- > 0;) {
      auto& connection = open[at];
      const auto known = waiting[at].revents != 0 ? greeted(connection) : std::nullopt;
      auto& host = hosts[connection.host];
      host.answers = known.value_or(false);
      host.unheard = !known && connection.end == end;
      if (known || Clock::now() >= connection.end) open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return {};
}

}  // namespace ctys::action
