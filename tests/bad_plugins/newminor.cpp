// A plugin for tests: it needs functions of a later ctys.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/abi.h>

extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {
  static const ctys_plugin kTable = [] {
    ctys_plugin table{};
    table.magic = CTYS_ABI_MAGIC;
    table.abi_major = CTYS_ABI_MAJOR;
    table.abi_minor = 99;
    table.size = sizeof table;
    return table;
  }();
  return &kTable;
}
