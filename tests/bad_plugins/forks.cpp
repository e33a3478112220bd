// A plugin for tests: it leaves a child behind.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <sys/types.h>
#include <unistd.h>

#include <string>

namespace {

struct Forks {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    const pid_t child = ::fork();
    if (child == 0)
      for (;;) ::pause();
    call.emit(ctys::Row().set(ctys::Field::label, "parent").set(ctys::Field::pid, std::to_string(child)));
  }
};

}  // namespace

CTYS_PLUGIN(Forks,
            {.type = "FORKS", .category = "VMs", .version = "1.0", .summary = "it leaves a child behind"})
