// Keys and fields.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/keys.hpp"

#include "libvirt/text.hpp"

#include <ctys/error.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace ctys::libvirt {
namespace {

// One line for each key. `field` is Field::end_ where the key alone makes no field; `same_as` names the key
// that an alternative spelling is stored as.
struct Key {
  std::string_view name;
  Field field = Field::end_;
  std::string_view same_as = {};
};

constexpr std::array kKeys = {
    Key{"LABEL"},
    Key{"SESSIONTYPE"},
    Key{"UUID"},
    Key{"MAC"},
    Key{"IP"},
    Key{"TCP"},
    Key{"ID"},
    Key{"HOST"},
    Key{"DIST", Field::dist},
    Key{"DISTREL", Field::dist_rel},
    Key{"OS", Field::os},
    Key{"OSREL", Field::os_rel},
    Key{"VERSION", Field::version},
    Key{"VERNO", Field::version, "VERSION"},
    Key{"SERNO", Field::serial},
    Key{"CATEGORY"},
    Key{"VMSTATE", Field::vm_state},
    Key{"HYPERREL", Field::hyper_rel},
    Key{"INST_HYPERREL", Field::hyper_rel},
    Key{"STACKCAP", Field::stack_cap},
    Key{"STACKREQ", Field::stack_req},
    Key{"HWCAP", Field::hw_cap},
    Key{"HWREQ", Field::hw_req},
    Key{"EXECLOCATION", Field::exec_location},
    Key{"RELOCCAP", Field::reloc_cap},
    Key{"SSHPORT"},
    Key{"NETNAME", Field::net_name},
    Key{"ACCELERATOR"},
    Key{"INST_ACCELERATOR"},
    Key{"STARTERCALL"},
    Key{"CTYSREL", Field::ctys_release},
    Key{"CTYSRELEASE", Field::ctys_release, "CTYSREL"},
    Key{"GATEWAY"},
    Key{"GUESTGATEWAY", Field::end_, "GATEWAY"},
    Key{"ARCH"},
    Key{"PLATFORM", Field::platform},
    Key{"VRAM"},
    Key{"VCPU"},
    Key{"CSTRG"},
    Key{"USTRG", Field::user_string},
    Key{"UID"},
    Key{"GID"},
    Key{"DEFAULTHOSTS", Field::default_hosts},
    Key{"DEFAULTCONSOLE", Field::default_console},
    Key{"VNCACCESSPORT"},
    Key{"VNCBASEPORT", Field::vnc_base},
    Key{"VNCACCESSDISPLAY"},
    Key{"VNCPORT", Field::end_, "VNCACCESSPORT"},
    Key{"VNCBASE", Field::vnc_base, "VNCBASEPORT"},
    Key{"VNCDISPLAY", Field::end_, "VNCACCESSDISPLAY"},
    Key{"SPORT", Field::server_port},
    Key{"STACKLEVEL"},
    Key{"XMLCFG"},
};

const Key* find_key(std::string_view name) {
  const auto* found =
      std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : found;
}

bool is_counted(std::string_view name, std::string_view stem) {
  constexpr std::size_t kMostDigits = 3;
  return name.starts_with(stem) && name.size() <= stem.size() + kMostDigits &&
         number(name.substr(stem.size()));
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string nearest_key(std::string_view name) {
  constexpr std::size_t kLongest = 40;  // longer words are no slips of the pen, and cost time
  if (name.size() > kLongest) return {};
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string_view nearest;
  for (const Key& key : kKeys)
    if (const std::size_t away = distance(name, key.name); away < best) {
      best = away;
      nearest = key.name;
    }
  return std::string(nearest);
}

std::string numbered(const Attributes& attributes, std::string_view stem, std::size_t n) {
  std::string value = attributes.get(std::string(stem) + std::to_string(n));
  if (value.empty() && n == 0) value = attributes.get(stem);
  return value;
}

}  // namespace

std::string stored_key(std::string_view key) {
  std::string name = upper(trim(key));
  const Key* known = find_key(name);
  return known == nullptr || known->same_as.empty() ? name : std::string(known->same_as);
}

std::vector<std::string_view> stored_keys() {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys)
    if (key.same_as.empty()) names.push_back(key.name);
  return names;
}

std::string known_key(std::string_view key) {
  std::string name = upper(trim(key));
  if (find_key(name) != nullptr) return stored_key(name);
  if (is_counted(name, "MAC") || is_counted(name, "IP") || (name.starts_with("INST_") && name.size() < 40))
    return name;
  const std::string near = nearest_key(name);
  throw Error(
      Exit::usage, "there is no attribute '" + name + "'", {},
      near.empty() ? "'ctys help attributes' lists those that can be set" : "did you mean '" + near + "'?");
}

std::vector<GuestAddress> addresses_of(const Attributes& attributes, std::size_t interface) {
  std::string text = numbered(attributes, "IP", interface);
  if (text.empty() && interface == 0) text = attributes.get("TCP");
  std::vector<GuestAddress> addresses;
  if (text.empty()) return addresses;
  for (const auto member : split(text, ',')) {
    const auto parts = split(trim(member), '%');
    const auto part = [&](std::size_t at) {
      return at < parts.size() ? std::string(trim(parts[at])) : std::string();
    };
    addresses.push_back({part(0), part(1), part(2), part(3), part(4), part(5)});
  }
  return addresses;
}

std::string mac_of(const Attributes& attributes, std::size_t interface) {
  return normal_mac(numbered(attributes, "MAC", interface)).value_or("");
}

bool is_told_by_hypervisor(std::string_view key) noexcept {
  constexpr std::array<std::string_view, 11> kTold{
      "SESSIONTYPE",   "CATEGORY",         "HOST", "ACCELERATOR", "ARCH", "VRAM", "VCPU",
      "VNCACCESSPORT", "VNCACCESSDISPLAY", "UID",  "GID"};
  return std::find(kTold.begin(), kTold.end(), key) != kTold.end();
}

void set_fields(Row& row, const Attributes& attributes) {
  std::vector<Field> done;  // HYPERREL and INST_HYPERREL mean the same: the first one counts
  for (const auto& [name, value] : attributes.pairs) {
    const Key* key = find_key(name);
    if (key == nullptr || key->field == Field::end_) continue;
    if (std::find(done.begin(), done.end(), key->field) != done.end()) continue;
    done.push_back(key->field);
    row.set(key->field, value);
  }
}

}  // namespace ctys::libvirt
