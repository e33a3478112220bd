// The SSH transport: ctys' byte streams to commands on other hosts, on libssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet.hpp"

#include <ctys/plugin.hpp>

#include <libssh/libssh.h>

namespace {

class Ssh {
 public:
  void probe(const ctys::Request& /*request*/, ctys::Call& call) {
    call.emit(ctys::Row()
                  .set(ctys::Field::state, "usable")
                  .set(ctys::Field::hyper_rel_run, "libssh " + std::string(ssh_version(0))));
  }
  void transport(const ctys_transport& request, ctys_call* call) { ctys::ssh::Fleet(request, call).run(); }
};

}  // namespace

CTYS_PLUGIN(Ssh, {.type = "SSH",
                  .category = "HOSTs",
                  .version = "1.0",
                  .summary = "commands on other hosts through their SSH servers"})
