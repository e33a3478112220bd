// QEMU and KVM machines, by libvirt's qemu driver.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"

namespace {
class Qemu : public ctys::libvirt::Plugin<ctys::libvirt::kQemu> {};
}  // namespace

CTYS_PLUGIN(Qemu, {.type = "QEMU",
                   .category = "VMs",
                   .version = ctys::libvirt::kVersion,
                   .summary = "QEMU and KVM machines of qemu:///system and qemu:///session"})
