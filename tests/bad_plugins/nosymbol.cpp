// A plugin for tests: a shared object without the entry point.
// SPDX-License-Identifier: GPL-3.0-or-later
extern "C" __attribute__((visibility("default"))) int unrelated() {
  return 1;
}
