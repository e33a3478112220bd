// Reads network devices and forwarded ports from QEMU arguments.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/qemu_arguments.hpp"

#include "libvirt/text.hpp"

#include <string_view>

namespace ctys::libvirt {
namespace {

// "user,id=n0,hostfwd=a,,b" is user | id=n0 | hostfwd=a,b: a doubled comma is a literal one.
std::vector<std::string> split_options(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ',') {
      parts.back() += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == ',') {
      parts.back() += ',';
      ++at;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

unsigned port_of(std::string_view text) {
  constexpr std::uint64_t kHighest = 65535;
  const auto value = number(text);
  return value && *value <= kHighest ? static_cast<unsigned>(*value) : 0;
}

// tcp:127.0.0.1:2301-:22, ::2301-10.0.2.15:22 (tcp is the default), udp:...
void read_forward(std::string_view rule, Domain& domain) {
  const auto dash = rule.find('-');
  if (dash == std::string_view::npos) return;
  const auto host = split(rule.substr(0, dash), ':');
  const auto guest = split(rule.substr(dash + 1), ':');
  if (host.size() != 3 || (host[0] != "tcp" && !host[0].empty())) return;
  const Forward forward{std::string(host[1]), port_of(host[2]), port_of(guest.back())};
  if (forward.port != 0 && forward.guest_port != 0) domain.forwards.push_back(forward);
}

void read_option(const std::string& value, bool is_back_end, Domain& domain) {
  for (const std::string& option : split_options(value)) {
    constexpr std::string_view kMac = "mac=";
    constexpr std::string_view kForward = "hostfwd=";
    if (option.starts_with(kMac)) {
      if (const auto mac = normal_mac(std::string_view(option).substr(kMac.size())))
        domain.interfaces.push_back({"user", *mac, {}, {}, true});
    } else if (is_back_end && option.starts_with(kForward)) {
      read_forward(std::string_view(option).substr(kForward.size()), domain);
    }
  }
}

}  // namespace

void read_qemu_arguments(std::span<const std::string> arguments, Domain& domain) {
  for (std::size_t at = 0; at + 1 < arguments.size(); ++at) {
    const std::string& name = arguments[at];
    const bool back_end = name == "-netdev" || name == "-nic" || name == "-net";
    if (back_end || name == "-device") read_option(arguments[++at], back_end, domain);
  }
}

}  // namespace ctys::libvirt
