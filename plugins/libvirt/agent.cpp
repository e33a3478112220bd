// Asks guest agents for addresses without ever depending on their answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/address.hpp"
#include "libvirt/text.hpp"

#include <arpa/inet.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace ctys::libvirt {
namespace {

// libvirtd works on five requests of one client at a time: more would only queue there.
constexpr std::size_t kAtOnce = 5;
constexpr std::size_t kLongestName = 64;  // of an interface; the guest decides what it says
constexpr int kMostInterfaces = 64;

// What the threads share with the caller. It outlives whoever gives up first.
struct Round {
  virConnectPtr connection = nullptr;
  std::vector<std::string> uuids;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable changed;
  AgentAnswers answers;
  std::size_t open = 0;

  ~Round() {
    if (connection != nullptr) virConnectClose(connection);
  }
  Round() = default;
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
};

bool is_useful(const virDomainIPAddress& address) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  const std::string_view text = address.addr == nullptr ? "" : address.addr;
  if (address.type == VIR_IP_ADDR_TYPE_IPV4)
    return inet_pton(AF_INET, text.data(), binary.data()) == 1 && binary[0] != 127 &&
           !(binary[0] == 169 && binary[1] == 254);
  return inet_pton(AF_INET6, text.data(), binary.data()) == 1 && text != "::1" &&
         !(binary[0] == 0xfe && (binary[1] & 0xc0U) == 0x80);  // link local
}

// IPv4 before IPv6: it is what people type.
std::string best_address(std::span<const virDomainIPAddress> addresses) {
  for (const int type : {VIR_IP_ADDR_TYPE_IPV4, VIR_IP_ADDR_TYPE_IPV6})
    for (const auto& address : addresses)
      if (address.type == type && is_useful(address)) return address.addr;
  return {};
}

std::vector<AgentInterface> ask_one(virConnectPtr connection, const std::string& uuid) {
  std::vector<AgentInterface> found;
  const DomainHandle domain(virDomainLookupByUUIDString(connection, uuid.c_str()));
  if (!domain) return found;
  virDomainInterfacePtr* raw = nullptr;
  const int count =
      virDomainInterfaceAddresses(domain.get(), &raw, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, 0);
  for (int at = 0; at < count; ++at) {
    virDomainInterface* const one = raw[at];  // NOLINT(cppcoreguidelines-pro-bounds-pointer-arithmetic)
    const auto mac = normal_mac(one->hwaddr == nullptr ? "" : one->hwaddr);
    std::string ip = best_address({one->addrs, one->naddrs});
    if (at < kMostInterfaces && mac && !ip.empty())
      found.push_back(
          {std::string(one->name == nullptr ? "" : one->name).substr(0, kLongestName), *mac, std::move(ip)});
    virDomainInterfaceFree(one);
  }
  std::free(static_cast<void*>(raw));  // NOLINT(cppcoreguidelines-no-malloc): libvirt's
  return found;
}

void work(const std::shared_ptr<Round>& round) {
  for (;;) {
    const std::size_t at = round->next++;
    if (at >= round->uuids.size()) break;
    auto found = ask_one(round->connection, round->uuids[at]);
    const std::lock_guard lock(round->mutex);
    if (!found.empty()) round->answers[round->uuids[at]] = std::move(found);
  }
  const std::lock_guard lock(round->mutex);
  --round->open;
  round->changed.notify_all();
}

}  // namespace

AgentAnswers ask_agents(const Connection& connection, std::span<const std::string> uuids,
                        std::chrono::milliseconds limit) {
  if (uuids.empty() || !connection.may_write()) return {};
  const auto round = std::make_shared<Round>();
  // An own reference: a thread whose agent never answers may outlive the caller's connection.
  if (virConnectRef(connection.get()) < 0) return {};
  round->connection = connection.get();
  round->uuids.assign(uuids.begin(), uuids.end());
  round->open = std::min(kAtOnce, uuids.size());
  for (std::size_t started = 0; started < std::min(kAtOnce, uuids.size()); ++started)
    std::thread(work, round).detach();
  std::unique_lock lock(round->mutex);
  round->changed.wait_for(lock, limit, [&] { return round->open == 0; });
  return round->answers;
}

}  // namespace ctys::libvirt
