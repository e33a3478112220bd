// Builds the record of a writing action.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/result.hpp"

#include "libvirt/record.hpp"
#include "libvirt/wait.hpp"

namespace ctys::libvirt {
namespace {

// A transient machine that ended has no display and no devices on the host any more.
Row row_of_gone(const Driver& driver, const Connection& connection, Domain domain) {
  for (Graphics& graphics : domain.graphics) graphics.port = -1;
  const auto addresses = addresses_of(domain.attributes, 0);
  Row row = machine_row(driver, domain, 0, addresses.empty() ? GuestAddress{} : addresses.front());
  row.set(Field::context, connection.uri()).set(Field::state, "stopped").set(Field::cs_type, "S");
  row.set(Field::persistent, "no");
  return row;
}

}  // namespace

void emit_result(const Driver& driver, const Connection& connection, virDomainPtr domain,
                 const Domain& before, const Result& result, const Call& call) {
  constexpr std::chrono::milliseconds kAgentLimit{1000};
  Row row = state_of(domain).gone ? row_of_gone(driver, connection, before)
                                  : session_row(driver, connection, domain, kAgentLimit);
  row.set(Field::result, result.already ? "already" : "done").set(Field::detail, result.detail);
  call.emit(row);
}

}  // namespace ctys::libvirt
