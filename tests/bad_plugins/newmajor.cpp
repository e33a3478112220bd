// A plugin for tests: it was built for a later plugin interface.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/abi.h>

extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {
  static const ctys_plugin kTable = [] {
    ctys_plugin table{};
    table.magic = CTYS_ABI_MAGIC;
    table.abi_major = 9;
    table.abi_minor = 0;
    table.size = sizeof table;
    return table;
  }();
  return &kTable;
}
