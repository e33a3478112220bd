// The `#@#` keys of machine files, which are also the attributes of ctys, and the fields they stand for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/domain.hpp"

#include <ctys/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// The key as it is stored: upper case, abbreviations in full (VERNO is VERSION). Throws Error{usage} with the
// nearest known key when ctys knows none of this name. Numbered keys (MAC0, IP12) are known.
[[nodiscard]] std::string known_key(std::string_view key);

// The same without a check: what ctys does not know keeps its name.
[[nodiscard]] std::string stored_key(std::string_view key);

// All keys that are stored, without numbers and other spellings. `ctys help attributes` explains each.
[[nodiscard]] std::vector<std::string_view> stored_keys();

// One member of IP<n>: ip[%netmask[%relay[%ifname[%sshport[%gateway]]]]]
struct GuestAddress {
  std::string ip;
  std::string netmask;
  std::string relay;
  std::string if_name;
  std::string ssh_port;
  std::string gateway;
};
// The members of IP<n>; of interface 0 also those of IP, else of TCP. Empty: none is given.
[[nodiscard]] std::vector<GuestAddress> addresses_of(const Attributes& attributes, std::size_t interface);
// MAC<n> (of 0 also MAC), normalised; empty: none.
[[nodiscard]] std::string mac_of(const Attributes& attributes, std::size_t interface);

// Of a domain the hypervisor says what it is, and that is shown: an attribute of this name would be kept and
// never seen.
[[nodiscard]] bool is_told_by_hypervisor(std::string_view key) noexcept;

// Sets the fields that a key stands for alone: not label, uuid, mac and addresses, which need more than one
// source.
void set_fields(Row& row, const Attributes& attributes);

}  // namespace ctys::libvirt
