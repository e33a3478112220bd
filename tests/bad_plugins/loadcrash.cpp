// A plugin for tests: it crashes while it is loaded.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <csignal>

namespace {

// NOLINTNEXTLINE(cert-err58-cpp): that is the point
const int kCrash = std::raise(SIGSEGV);

struct Loadcrash {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
  }
};

}  // namespace

CTYS_PLUGIN(Loadcrash, {.type = "LOADCRASH",
                        .category = "VMs",
                        .version = "1.0",
                        .summary = "it crashes while it is loaded"})
