// A plugin for tests: it ends the process.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

struct Exits {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    (void)std::puts("noise on stdout");
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    std::exit(0);
  }
};

}  // namespace

CTYS_PLUGIN(Exits, {.type = "EXITS", .category = "VMs", .version = "1.0", .summary = "it ends the process"})
