// A plugin for tests: a binary from before the actions after "list" existed, so its table is shorter.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/abi.h>

#include <cstddef>

namespace {

// The first members of ctys_plugin, and nothing behind them.
struct ShortTable {
  uint32_t magic, abi_major, abi_minor, size;
  ctys_str type, category, version, summary;
  void* (*open)(const ctys_host*, ctys_call*);
  void (*close)(void*);
  void (*endpoints)(void*, const ctys_request*, void*, ctys_endpoint_fn);
  ctys_action_fn probe;
  ctys_action_fn list;
};
static_assert(sizeof(ShortTable) == offsetof(ctys_plugin, enumerate));

const ctys_host* host = nullptr;
int instance = 0;

void* open_it(const ctys_host* ours, ctys_call*) {
  host = ours;
  return &instance;
}
void close_it(void*) {}
int32_t list_it(void*, const ctys_request*, ctys_call* call) {
  const ctys_cell cell = {3, 0, {"from-old-binary", 15}};
  host->emit(call, &cell, 1);
  return 0;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {
  static const ShortTable kTable = {CTYS_ABI_MAGIC,  CTYS_ABI_MAJOR, 0,          sizeof(ShortTable),
                                    {"OLDMINOR", 8}, {"VMs", 3},     {"0.9", 3}, {"", 0},
                                    open_it,         close_it,       nullptr,    nullptr,
                                    list_it};
  return reinterpret_cast<const ctys_plugin*>(&kTable);
}
