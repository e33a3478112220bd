// Memory for many domains at once.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ctys::libvirt {

// Lets the heap grow in large steps, on huge pages where the kernel has them: libvirt keeps a domain in
// thousands of small pieces, and a thousand domains cost ten thousand page faults otherwise, a twentieth of
// the time of listing them. Harmless where it does not work. Call once, before there are threads.
void prepare_heap() noexcept;

}  // namespace ctys::libvirt
