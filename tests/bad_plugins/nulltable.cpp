// A plugin for tests: its entry point returns nothing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/abi.h>

extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {
  return nullptr;
}
