// The values of attributes: ports, addresses, numbers, words and names.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/key_value.hpp"

#include "libvirt/conf_line.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace ctys::libvirt {
namespace {

constexpr std::uint64_t kHighestPort = 65535;
constexpr std::size_t kLongestLabel = 255;

std::string number_problem(std::string_view value, std::uint64_t least, std::uint64_t most,
                           const std::string& what) {
  const auto given = number(trim(value));
  if (given && *given >= least && *given <= most) return {};
  return "is no " + what + " from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string port_problem(std::string_view value) {
  return number_problem(value, 1, kHighestPort, "port");
}

// An IPv4 or IPv6 address, or the name of a host.
bool is_address(std::string_view text) {
  constexpr std::size_t kLongest = 253;
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (text.empty() || text.size() > kLongest) return false;
  if (text.find(':') != std::string_view::npos)
    return inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), binary.data()) == 1;
  if (text.find_first_not_of("0123456789.") == std::string_view::npos)
    return inet_pton(AF_INET, address.c_str(), binary.data()) == 1;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// ip[%netmask[%relay[%ifname[%sshport[%gateway]]]]], several with commas between them.
std::string addresses_problem(std::string_view value) {
  for (const auto member : split(value, ',')) {
    const auto parts = split(trim(member), '%');
    const auto part = [&](std::size_t at) {
      return at < parts.size() ? trim(parts[at]) : std::string_view();
    };
    constexpr std::size_t kMask = 1;
    constexpr std::size_t kPort = 4;
    constexpr std::size_t kGateway = 5;
    if (parts.size() > kGateway + 1) return "has more than six parts in " + quoted(trim(member));
    if (!part(0).empty() && !is_address(part(0)))
      return "holds " + quoted(part(0)) + ", which is no IP address and no host name";
    constexpr std::uint64_t kLongestPrefix = 128;
    if (!part(kMask).empty() && number(part(kMask)).value_or(kLongestPrefix + 1) > kLongestPrefix &&
        !is_address(part(kMask)))
      return "holds " + quoted(part(kMask)) + ", which is no netmask";
    if (!part(kPort).empty())
      if (const auto problem = port_problem(part(kPort)); !problem.empty())
        return "holds " + quoted(part(kPort)) + ", which " + problem;
    if (!part(kGateway).empty() && !is_address(part(kGateway)))
      return "holds " + quoted(part(kGateway)) + ", which is no address of a gateway";
  }
  return {};
}

// "512", or "available/most" as physical machines have it; with a unit's letter behind either.
std::string amount_problem(std::string_view value, std::uint64_t most, const std::string& what) {
  constexpr std::string_view kUnits = "kKmMgG";
  const auto parts = split(trim(value), '/');
  if (parts.size() > 2) return "is no " + what;
  for (auto part : parts) {
    part = trim(part);
    if (!part.empty() && kUnits.find(part.back()) != std::string_view::npos) part.remove_suffix(1);
    if (auto problem = number_problem(part, 1, most, what); !problem.empty()) return problem;
  }
  return {};
}

std::string word_problem(std::string_view value, std::string_view known) {
  const std::string word = upper(trim(value));
  std::string list;
  for (const auto one : split(known, '|')) {
    if (upper(one) == word) return {};
    list += (list.empty() ? "" : ", ") + std::string(one);
  }
  return "is none of " + list;
}

std::string label_problem(std::string_view value) {
  if (trim(value).empty()) return "is empty, and a label names the machine";
  if (value.size() > kLongestLabel) return "is longer than " + std::to_string(kLongestLabel) + " bytes";
  return {};
}

bool is_numbered(std::string_view key, std::string_view stem) {
  return key == stem || (key.starts_with(stem) && number(key.substr(stem.size())));
}

std::string shown(std::string_view value) {
  constexpr std::size_t kMost = 60;
  return libvirt::quoted(value.size() > kMost ? std::string(value.substr(0, kMost)) + "..."
                                              : std::string(value));
}

}  // namespace

std::string value_problem(std::string_view key, std::string_view value) {
  constexpr std::uint64_t kMostDisplays = 59635;  // 5900 before it, and it is still a port
  constexpr std::uint64_t kMostMegabytes = 16ULL * 1024 * 1024;
  constexpr std::uint64_t kMostProcessors = 4096;
  constexpr std::uint64_t kMostLevels = 100;
  if (std::any_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }))
    return "holds control characters";
  if (key == "LABEL") return label_problem(value);
  if (trim(value).empty()) return {};  // as good as not there
  if (key == "SSHPORT" || key == "VNCACCESSPORT" || key == "VNCBASEPORT") return port_problem(value);
  if (key == "VNCACCESSDISPLAY") return number_problem(value, 0, kMostDisplays, "display number");
  if (is_numbered(key, "IP") || key == "TCP") return addresses_problem(value);
  if (key == "GATEWAY") return is_address(trim(value)) ? "" : "is no IP address and no host name";
  if (is_numbered(key, "MAC")) return normal_mac(value) ? "" : "is no MAC address";
  if (key == "UUID") return normal_uuid(value) ? "" : "is no UUID";
  if (key == "VRAM") return amount_problem(value, kMostMegabytes, "amount of megabytes");
  if (key == "VCPU") return amount_problem(value, kMostProcessors, "number of processors");
  if (key == "STACKLEVEL") return number_problem(value, 0, kMostLevels, "level");
  if (key == "DEFAULTCONSOLE")
    return word_problem(value,
                        "CLI|XTERM|GTERM|VNC|NONE|EMACS|EMACSM|EMACSA|EMACSAM|X11|SDL|RDP|VMW|VBOX|WS");
  if (key == "CATEGORY") return word_problem(value, "VM|PM|VMs|PMs|HOSTs");
  return {};
}

std::vector<std::string> drop_bad_values(Attributes& attributes) {
  std::vector<std::string> bad;
  std::erase_if(attributes.pairs, [&](const auto& pair) {
    const std::string problem = pair.second.empty() ? "" : value_problem(pair.first, pair.second);
    if (!problem.empty()) bad.push_back(pair.first + " " + shown(pair.second) + " " + problem);
    return !problem.empty();
  });
  return bad;
}

std::vector<std::string> bad_values_in(std::string_view text, const std::string& path) {
  std::vector<std::string> bad;
  const Source source{text};
  for (const KeyLine& line : key_lines(source)) {
    if (!line.is_key()) continue;
    const std::string problem = value_problem(stored_key(line.name), line.value);
    if (problem.empty() || line.value.empty()) continue;
    const auto at = position_of(text, line.value_begin);
    std::string told = path;
    told.append(":").append(std::to_string(at.line)).append(":").append(std::to_string(at.column));
    told.append(": ").append(line.name).append(" ").append(shown(line.value)).append(" ").append(problem);
    bad.push_back(std::move(told));
  }
  return bad;
}

}  // namespace ctys::libvirt
