// What a call says to the process that keeps connections.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/demand.hpp"

#include "base/text.hpp"
#include "wire/message.hpp"

#include <algorithm>
#include <array>

namespace ctys::remote {
namespace {

using wire::Verb;

constexpr std::array<Verb, 4> kVerbs{Verb::probe, Verb::show, Verb::list, Verb::cancel};  // as Wish
constexpr std::string_view kHost = "HOST";
constexpr std::string_view kNumber = "NUMBER";

}  // namespace

std::string encode(const Demand& demand) {
  wire::Call call;
  call.verb = kVerbs.at(static_cast<std::size_t>(demand.wish));
  call.endpoint = demand.way;
  for (const auto& host : demand.hosts) call.options.push_back({std::string(kHost), host});
  for (const auto number : demand.numbers)
    call.options.push_back({std::string(kNumber), std::to_string(number)});
  if (demand.wish == Wish::give_back) call.patience_ms = static_cast<int>(demand.time.count());
  return wire::encode(call);
}

std::optional<Demand> demand_of(std::string_view packet) {
  if (packet.empty() || packet.size() > kMaxPacket || packet.back() != '\n') return std::nullopt;
  packet.remove_suffix(1);
  const auto message = wire::decode(packet);
  const auto* call = message ? std::get_if<wire::Call>(&*message) : nullptr;
  if (call == nullptr || call->options.size() > kMaxNamed) return std::nullopt;
  const auto* const at = std::find(kVerbs.begin(), kVerbs.end(), call->verb);
  if (at == kVerbs.end()) return std::nullopt;
  Demand demand;
  demand.wish = static_cast<Wish>(at - kVerbs.begin());
  demand.way = call->endpoint;
  for (const auto& [key, value] : call->options) {
    const auto number = text::number(value);
    if (key == kHost)
      demand.hosts.push_back(value);
    else if (key == kNumber && number)
      demand.numbers.push_back(*number);
    else
      return std::nullopt;
  }
  if (demand.wish != Wish::give_back) return demand;
  if (!call->patience_ms || *call->patience_ms <= 0) return std::nullopt;
  demand.time = std::chrono::milliseconds(*call->patience_ms);
  if (demand.time > kMaxKeeping) return std::nullopt;
  return demand;
}

}  // namespace ctys::remote
