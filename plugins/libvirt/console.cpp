// A machine's serial console as a stream of bytes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/console_pump.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/wait.hpp"

#include <libvirt/virterror.h>

namespace ctys::libvirt {

void console(const Driver& driver, const Request& request, Call& call) {
  static_cast<void>(driver);
  static_cast<void>(call);
  if (request.stream() < 0)
    throw Error(Exit::defect, "cannot open a console", "there is nothing to copy its bytes to");
  const auto connection = Connection::open(std::string(request.endpoint()), Access::write);
  const DomainHandle domain = find_domain(connection, request);
  const std::string what = "cannot open the console of " + name_of(domain.get());
  if (!state_of(domain.get()).is_active())
    throw Error(Exit::failed, what, "it is not running", "start it: ctys start " + name_of(domain.get()));
  if (parse_domain(xml_of(domain.get())).serials.empty())
    throw Error(Exit::failed, what, "it has no serial console",
                "add one (virsh edit), or open its display: VNC");
  const StreamHandle stream(virStreamNew(connection.get(), VIR_STREAM_NONBLOCK));
  if (!stream) throw last_error(what);
  const unsigned flags = request.has("FORCE") ? VIR_DOMAIN_CONSOLE_FORCE : VIR_DOMAIN_CONSOLE_SAFE;
  if (virDomainOpenConsole(domain.get(), nullptr, stream.get(), flags) < 0) {
    Error error = last_error(what);
    if (last_reason().code == VIR_ERR_OPERATION_FAILED)
      error.fix = "somebody else has it open: take it over with RECONNECT, or let it go there";
    throw Error(error);
  }
  pump(connection, stream.get(), request.stream(), what);
}

}  // namespace ctys::libvirt
