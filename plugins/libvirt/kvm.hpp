// Is KVM of use on this host? A /dev/kvm that opens proves nothing.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ctys::libvirt {

struct KvmFinding {
  bool works = false;
  std::string detail;    // what was looked at and what was found
  std::string fix = {};  // what to do where it does not work
};

// Three things must hold: the processor offers hardware virtualisation, a kernel module of that kind drives
// /dev/kvm, and a few instructions were seen to run in a machine made for the purpose. Needs some
// milliseconds, at most a second.
[[nodiscard]] KvmFinding find_kvm();

// Of /proc/cpuinfo: "vmx", "svm" or empty.
[[nodiscard]] std::string_view virtualisation_flag(std::string_view cpuinfo) noexcept;

}  // namespace ctys::libvirt
