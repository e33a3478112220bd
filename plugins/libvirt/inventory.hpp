// All domains of a connection with their states, in few calls however many there are.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"

#include <string_view>
#include <vector>

namespace ctys::libvirt {

struct Entry {
  DomainHandle handle;
  std::string_view state;  // state word of ctys
  bool active = false;
  bool persistent = true;
};

enum class Which { active, all };

// Throws Error. A domain that goes away meanwhile keeps its entry; reading its XML then fails.
[[nodiscard]] std::vector<Entry> inventory(const Connection& connection, Which which);

// The same for one domain, as it is now.
[[nodiscard]] Entry entry_of(virDomainPtr domain);

}  // namespace ctys::libvirt
