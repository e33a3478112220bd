// What <qemu:commandline> says about the network: libvirt itself does not know of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/domain.hpp"

#include <span>
#include <string>

namespace ctys::libvirt {

// Appends the interfaces of `-device ...,mac=` and `-nic ...,mac=`, and the ports of
// `hostfwd=tcp:ADDR:PORT-:22`.
void read_qemu_arguments(std::span<const std::string> arguments, Domain& domain);

}  // namespace ctys::libvirt
