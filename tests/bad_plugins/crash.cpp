// A plugin for tests: it crashes after one record, and is killed in the middle of a deed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <csignal>

namespace {

struct Crash {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    std::raise(SIGSEGV);
  }
  static void cancel(const ctys::Request&, ctys::Call&) { std::raise(SIGKILL); }
};

}  // namespace

CTYS_PLUGIN(Crash,
            {.type = "CRASH", .category = "VMs", .version = "1.0", .summary = "it crashes after one record"})
