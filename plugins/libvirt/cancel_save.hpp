// Saves a running machine to disk, for as long as that takes, and gives up cleanly.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/wait.hpp"

#include <ctys/plugin.hpp>

#include <string>

namespace ctys::libvirt {

// A managed save. Returns when the state is on disk and the machine is off. At `until` the saving is
// abandoned, the machine runs on, and Error{deadline} is thrown.
void save(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title,
          const Call& call);

}  // namespace ctys::libvirt
