// A machine's serial console as a stream of bytes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/console_pump.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/record.hpp"
#include "libvirt/text.hpp"
#include "libvirt/wait.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <optional>

namespace ctys::libvirt {

namespace {

// A console that was just closed is free a moment later, when libvirt has heard of it.
constexpr std::chrono::milliseconds kPatience{5000};

bool is_taken(const Error& error) {
  return last_reason().code == VIR_ERR_OPERATION_FAILED && error.why.find("console") != std::string::npos;
}

// How long to wait for one that is taken: the time the caller has, less a little in which that can be said.
std::chrono::milliseconds patience_of(const Request& request) {
  const auto wanted = request.option("PATIENCE");
  const auto most = wanted ? number(*wanted) : std::nullopt;
  if (wanted && !most)
    throw Error(Exit::usage, "PATIENCE needs a number, not '" + std::string(*wanted) + "'");
  if (!most || *most >= static_cast<std::uint64_t>(kPatience.count())) return kPatience;
  return std::chrono::milliseconds(*most - *most / 10);
}

StreamHandle open_stream(const Connection& connection, virDomainPtr domain, const Request& request,
                         const Call& call, const std::string& label) {
  const std::string what = "cannot open the console of " + label;
  const unsigned flags = request.has("FORCE") ? VIR_DOMAIN_CONSOLE_FORCE : VIR_DOMAIN_CONSOLE_SAFE;
  StreamHandle stream;
  std::optional<Error> taken;
  const auto attempt = [&] {
    taken.reset();
    stream.reset(virStreamNew(connection.get(), VIR_STREAM_NONBLOCK));
    if (!stream) throw last_error(what);
    if (virDomainOpenConsole(domain, nullptr, stream.get(), flags) == 0) return true;
    const Error error = last_error(what);
    if (!is_taken(error)) throw Error(error);
    taken = error;
    return false;
  };
  if (attempt()) return stream;
  call.progress("waiting for the console of " + label + ", which somebody else has open");
  constexpr std::chrono::milliseconds kAgain{200};
  if (Watch(connection, domain).wait(Clock::now() + patience_of(request), attempt, kAgain)) return stream;
  throw Error(Exit::refused, what, "it is in use: " + taken->why,
              "take it over with --reconnect (RECONNECT), or let it go where it is open");
}

// Why the machine's side ended. The console of a machine that is killed ends a moment before libvirt knows.
std::string end_of_stream(const Connection& connection, virDomainPtr domain, const std::string& name) {
  constexpr std::chrono::seconds kMoment{2};
  constexpr std::chrono::milliseconds kAgain{100};
  State now;
  const auto is_off = [&] { return now = state_of(domain), !now.is_active(); };
  if (Watch(connection, domain).wait(Clock::now() + kMoment, is_off, kAgain)) return name + " has ended";
  return now.state == VIR_DOMAIN_SHUTDOWN ? name + " is ending" : "somebody else took the console over";
}

}  // namespace

void console(const Driver& driver, const Request& request, Call& call) {
  if (request.stream() < 0)
    throw Error(Exit::defect, "cannot open a console", "there is nothing to copy its bytes to");
  const auto connection = Connection::open(std::string(request.endpoint()), Access::write);
  const DomainHandle domain = find_domain(connection, request);
  const std::string name = name_of(domain.get());
  const Domain parsed = parse_domain(xml_of(domain.get()));
  const std::string label = parsed.label();
  const std::string what = "cannot open the console of " + label;
  if (!state_of(domain.get()).is_active())
    throw Error(Exit::failed, what, "it is not running", "start it: ctys start " + label);
  if (parsed.serials.empty())
    throw Error(Exit::failed, what, "it has no serial console",
                "add one (virsh edit), or open its display: VNC");
  const StreamHandle stream = open_stream(connection, domain.get(), request, call, label);
  Row row;
  row.set(Field::type, std::string(driver.type)).set(Field::name, name);
  call.emit(Row(row).set(Field::state, "open"));
  if (pump(connection, stream.get(), request.stream(), what))
    call.emit(
        row.set(Field::state, "closed").set(Field::detail, end_of_stream(connection, domain.get(), label)));
}

}  // namespace ctys::libvirt
