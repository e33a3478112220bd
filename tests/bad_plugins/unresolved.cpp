// A plugin for tests: it needs a library that is not there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

void from_a_library_that_is_not_installed(ctys::Call& call);

namespace {

struct Unresolved {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) { from_a_library_that_is_not_installed(call); }
};

}  // namespace

CTYS_PLUGIN(Unresolved, {.type = "UNRESOLVED",
                         .category = "VMs",
                         .version = "1.0",
                         .summary = "it needs a library that is not there"})
