// BOOTMODE: a domain's XML changed for one start from another medium.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/plugin.hpp>

#include <string>
#include <string_view>

namespace ctys::libvirt {

// What one start boots from instead of what is configured.
struct Boot {
  std::string mode;    // HDD CD PXE FDD KERNEL; empty: as configured
  std::string path;    // the medium, or the kernel; empty: the machine's own
  std::string initrd;  // KERNEL only; empty: as configured
  std::string append;  // KERNEL only: kernel command line; empty: as configured
};

// From BOOTMODE, BOOTPATH, INITRD, APPEND. Throws Error{usage}: unknown mode, relative path, parts that do
// not go together.
[[nodiscard]] Boot parse_boot(const Request& request);

// The XML of the same domain, bootable from that medium only. Throws Error{usage} when the machine has none
// of the kind and none was named; `title` is for its text.
[[nodiscard]] std::string with_boot(std::string_view xml, const Boot& boot, const std::string& title);

}  // namespace ctys::libvirt
