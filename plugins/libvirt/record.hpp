// A domain as the fields of a record.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/driver.hpp"
#include "libvirt/keys.hpp"

#include <ctys/plugin.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// What ctys calls a machine, in messages too: its attribute LABEL, else its name.
[[nodiscard]] std::string label_of(virDomainPtr domain);

// The state word of ctys for a domain's virDomainState and its reason; `saved`: a managed save image waits.
[[nodiscard]] std::string_view state_word(virDomainPtr domain, int state, int reason, bool saved);

// "qemu-7.2.22": what runs the machines here; empty: unknown.
[[nodiscard]] std::string hypervisor_release(const Connection& connection, const Driver& driver);

// How its instructions are executed: KVM, QEMU (emulation), TEST.
[[nodiscard]] std::string accelerator_of(const Domain& domain);

// Where the guest's sshd can be reached from this host: attribute SSHPORT, else the port forwarded to its
// port 22.
[[nodiscard]] std::string ssh_port_of(const Domain& domain);

// The file that holds the configuration: where the machine came from (attribute ID), else libvirt's own.
[[nodiscard]] std::string configuration_file(const Driver& driver, const std::string& uri,
                                             const Domain& domain);

// Tells of the attributes that were left out because of their values.
void warn_of_ignored(const Domain& domain, const Call& call);

// What XML and attributes tell of a machine and one of its interfaces (`number` from 0; beyond the last:
// none).
[[nodiscard]] Row machine_row(const Driver& driver, const Domain& domain, std::size_t number,
                              const GuestAddress& address);

// The record of LIST for one domain as it is now, its address resolved by all sources; agents get
// `agent_limit`. Writing actions deliver it together with their result.
[[nodiscard]] Row session_row(const Driver& driver, const Connection& connection, virDomainPtr domain,
                              std::chrono::milliseconds agent_limit);

}  // namespace ctys::libvirt
