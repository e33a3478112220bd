// A plugin for tests: it closes every descriptor and hangs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <unistd.h>

namespace {

struct Closes {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    for (int fd = 0; fd < 64; ++fd) ::close(fd);
    for (;;) ::pause();
  }
};

}  // namespace

CTYS_PLUGIN(Closes, {.type = "CLOSES",
                     .category = "VMs",
                     .version = "1.0",
                     .summary = "it closes every descriptor and hangs"})
