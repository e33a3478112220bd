// What a session type offers here, in one word.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// QEMU-1.0-x86_64%qemu-7.2.22-x86_64%libvirt-9.0.0-x86_64: the type with the version of its plugin, then the
// products it uses, each with the architecture. Empty products are left out.
[[nodiscard]] std::string capability(std::string_view type, const std::string& arch,
                                     const std::vector<std::string>& products);

}  // namespace ctys::libvirt
