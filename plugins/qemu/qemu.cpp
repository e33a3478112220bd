// QEMU and KVM machines, by libvirt's qemu driver.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/front.hpp"

CTYS_LIBVIRT_PLUGIN(kQemu, "QEMU and KVM machines of qemu:///system and qemu:///session")
