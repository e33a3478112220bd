// What libvirt-adapter.so exports.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/adapter.hpp"

#include "libvirt/actions.hpp"

namespace {

template <const ctys::libvirt::Driver& kDriver>
const ctys_plugin* actions_of() {
  static const ctys_plugin table = ctys::detail::table<ctys::libvirt::Actions<kDriver>>(
      {.type = kDriver.type, .category = {}, .version = ctys::libvirt::kVersion, .summary = {}});
  return &table;
}

}  // namespace

const ctys_plugin* ctys_libvirt_adapter(ctys_str type) {
  const auto wanted = ctys::detail::view(type);
  if (wanted == ctys::libvirt::kQemu.type) return actions_of<ctys::libvirt::kQemu>();
  if (wanted == ctys::libvirt::kTest.type) return actions_of<ctys::libvirt::kTest>();
  return nullptr;
}
