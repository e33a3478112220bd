// Machines of libvirt's test driver: ctys without a hypervisor.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"

namespace {
class Test : public ctys::libvirt::Plugin<ctys::libvirt::kTest> {};
}  // namespace

CTYS_PLUGIN(Test, {.type = "TEST",
                   .category = "VMs",
                   .version = ctys::libvirt::kVersion,
                   .summary = "pretended machines of libvirt's test driver (test:///default or a file)"})
