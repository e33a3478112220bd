// A plugin for tests: it sends one record of many megabytes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <string>

namespace {

struct Longline {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    call.emit(ctys::Row().set(ctys::Field::label, std::string(std::size_t{8} << 20U, 'x')));
  }
};

}  // namespace

CTYS_PLUGIN(Longline, {.type = "LONGLINE",
                       .category = "VMs",
                       .version = "1.0",
                       .summary = "it sends one record of many megabytes"})
