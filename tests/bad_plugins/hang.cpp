// A plugin for tests: it hangs for ever and does not listen to signals.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <unistd.h>

#include <csignal>

namespace {

struct Hang {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) (void)std::signal(number, SIG_IGN);
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    call.progress("hanging");
    for (;;) ::pause();
  }
};

}  // namespace

CTYS_PLUGIN(Hang, {.type = "HANG",
                   .category = "VMs",
                   .version = "1.0",
                   .summary = "it hangs for ever and does not listen to signals"})
