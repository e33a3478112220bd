// A plugin for tests: it throws what is no ctys::Error.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <stdexcept>

namespace {

struct Throws {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    throw std::runtime_error("boom");
  }
};

}  // namespace

CTYS_PLUGIN(Throws, {.type = "THROWS",
                     .category = "VMs",
                     .version = "1.0",
                     .summary = "it throws what is no ctys::Error"})
