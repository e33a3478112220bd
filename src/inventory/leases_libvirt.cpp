// Reads the leases that libvirt keeps for a network: /var/lib/libvirt/dnsmasq/BRIDGE.status, an array of
// objects.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/leases_collect.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace ctys::inventory {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void read_libvirt(std::string_view text, LeaseCollector& out) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;  // a network nobody has asked yet
  const auto document = Json::parse(text, nullptr, false);
  if (!document.is_array()) return out.broken(0);
  for (const auto& object : document) {
    auto ip = object.is_object() ? machine_ip(text_of(object, "ip-address")) : std::nullopt;
    if (!ip) {
      out.broken(0);
      continue;
    }
    const auto expiry = object.find("expiry-time");
    std::int64_t until = kForever;
    if (expiry != object.end() && expiry->is_number_integer()) until = expiry->get<std::int64_t>();
    out.journal(
        {machine_name(text_of(object, "hostname")), machine_mac(text_of(object, "mac-address")).value_or(""),
         *std::move(ip), until == 0 ? kForever : until},
        false, text_of(object, "hostname"));
  }
}

}  // namespace ctys::inventory
