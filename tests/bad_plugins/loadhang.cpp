// A plugin for tests: it hangs while it is loaded.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <unistd.h>

namespace {

int wait_for_ever() {
  for (;;) ::pause();
}
const int kHang = wait_for_ever();

struct Loadhang {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
  }
};

}  // namespace

CTYS_PLUGIN(Loadhang, {.type = "LOADHANG",
                       .category = "VMs",
                       .version = "1.0",
                       .summary = "it hangs while it is loaded"})
