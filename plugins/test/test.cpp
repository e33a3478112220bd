// Machines of libvirt's test driver: ctys without a hypervisor.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/front.hpp"

CTYS_LIBVIRT_PLUGIN(kTest, "pretended machines of libvirt's test driver (test:///default or a file)")
