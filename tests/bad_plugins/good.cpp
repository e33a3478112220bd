// A plugin for tests: it behaves, and repeats what it was asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <string>

namespace {

struct Good {
  static void probe(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::state, "usable").set(ctys::Field::capability, "GOOD"));
  }
  static void list(const ctys::Request& request, ctys::Call& call) {
    call.log(ctys::Level::debug, "listing");
    for (const char* name : {"good1", "good2"}) {
      call.emit(ctys::Row()
                    .set(ctys::Field::label, name)
                    .set(ctys::Field::name, name)
                    .set(ctys::Field::uuid, "6695eb01-f6a4-8304-79aa-97f2502e193" + std::string(1, name[4]))
                    .set(ctys::Field::cs_type, "S")
                    .set(ctys::Field::state, request.has("ALL") ? "stopped" : "running"));
    }
  }
  static void cancel(const ctys::Request& request, ctys::Call&) {
    if (!request.address("LABEL") && !request.address("NAME") && !request.address("UUID"))
      throw ctys::Error(ctys::Exit::usage, "no machine is named", {}, "add a label");
    throw ctys::Error(ctys::Exit::failed, "cannot stop it", "this plugin only plays one", "use a real one");
  }
};

}  // namespace

CTYS_PLUGIN(Good, {.type = "GOOD", .category = "VMs", .version = "1.0", .summary = "it behaves"})
