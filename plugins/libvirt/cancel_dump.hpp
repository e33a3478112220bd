// The dump of a machine that has crashed: what others wait for, or end.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/wait.hpp"

namespace ctys::libvirt {

// Returns when the memory of the machine is not being dumped any more. Throws Error{deadline}: nothing was
// done to it.
void wait_for_dump(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title,
                   const Call& call);

// Ends the dump, which is lost. Throws Error when libvirt goes on with it.
void give_up_dump(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title);

}  // namespace ctys::libvirt
