// A plugin for tests: it sends records without end.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

namespace {

struct Flood {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    for (;;) call.emit(ctys::Row().set(ctys::Field::label, "flood"));
  }
};

}  // namespace

CTYS_PLUGIN(Flood,
            {.type = "FLOOD", .category = "VMs", .version = "1.0", .summary = "it sends records without end"})
