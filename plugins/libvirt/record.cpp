// Fields of a record from a domain's XML and attributes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/record.hpp"

#include "libvirt/keys.hpp"
#include "libvirt/text.hpp"
#include "libvirt/wait.hpp"

#include <cstdlib>

namespace ctys::libvirt {
namespace {

constexpr int kVncBase = 5900;

std::string first_of(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

std::string positive(std::uint64_t value) {
  return value == 0 ? std::string() : std::to_string(value);
}

void set_display(Row& row, const Domain& domain) {
  const Graphics* vnc = domain.vnc();
  if (vnc == nullptr) return;
  row.set(Field::listen, first_of(vnc->socket, vnc->listen));
  if (vnc->port < 0) return;
  row.set(Field::client_port, std::to_string(vnc->port)).set(Field::vnc_base, std::to_string(kVncBase));
  if (vnc->port >= kVncBase) row.set(Field::display, std::to_string(vnc->port - kVncBase));
}

void set_interface(Row& row, const Domain& domain, std::size_t number, const GuestAddress& address) {
  const Interface* interface = number < domain.interfaces.size() ? &domain.interfaces[number] : nullptr;
  const std::string mac = interface == nullptr ? std::string() : interface->mac;
  row.set(Field::mac, first_of(mac, mac_of(domain.attributes, number)));
  row.set(Field::tcp, address.ip).set(Field::netmask, address.netmask);
  row.set(Field::relay, first_of(address.relay, interface == nullptr ? std::string() : interface->source));
  row.set(Field::gateway, first_of(address.gateway, domain.attributes.get("GATEWAY")));
  row.set(Field::ssh_port, first_of(address.ssh_port, ssh_port_of(domain)));
  row.set(Field::if_name, address.if_name);
}

}  // namespace

std::string ssh_port_of(const Domain& domain) {
  constexpr unsigned kSsh = 22;
  std::string port = domain.attributes.get("SSHPORT");
  for (const Forward& forward : domain.forwards)
    if (port.empty() && forward.guest_port == kSsh) port = std::to_string(forward.port);
  return port;
}

std::string_view state_word(virDomainPtr domain, int state, int reason, bool saved) {
  const bool dumps = state == VIR_DOMAIN_CRASHED && virDomainIsActive(domain) == 1 && is_being_dumped(domain);
  if (dumps) return "dumping";
  switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
      return "running";
    case VIR_DOMAIN_PAUSED:
      if (reason == VIR_DOMAIN_PAUSED_STARTING_UP) return "starting";
      return reason == VIR_DOMAIN_PAUSED_SAVE ? "saving" : "paused";
    case VIR_DOMAIN_SHUTDOWN:
      return "stopping";
    case VIR_DOMAIN_SHUTOFF:
      return saved ? "saved" : "stopped";
    case VIR_DOMAIN_CRASHED:
      return "crashed";
    case VIR_DOMAIN_PMSUSPENDED:
      return "suspended";
    default:
      return "unknown";
  }
}

std::string hypervisor_release(const Connection& connection, const Driver& driver) {
  constexpr unsigned long kMillion = 1000000;
  constexpr unsigned long kThousand = 1000;
  unsigned long version = 0;  // NOLINT(google-runtime-int): libvirt's
  if (virConnectGetVersion(connection.get(), &version) < 0 || version == 0) return {};
  return std::string(driver.scheme) + "-" + std::to_string(version / kMillion) + "." +
         std::to_string(version / kThousand % kThousand) + "." + std::to_string(version % kThousand);
}

std::string accelerator_of(const Domain& domain) {
  return upper(domain.type);
}

std::string configuration_file(const Driver& driver, const std::string& uri, const Domain& domain) {
  if (std::string origin = domain.attributes.get("ID"); !origin.empty()) return origin;
  return driver.configuration_file(uri, domain.name);
}

void warn_of_ignored(const Domain& domain, const Call& call) {
  for (const auto& bad : domain.ignored) call.log(Level::warning, domain.name + ": " + bad + ": ignored");
}

std::string label_of(virDomainPtr domain) {
  return parse_domain(xml_of(domain)).label();
}

Row machine_row(const Driver& driver, const Domain& domain, std::size_t number, const GuestAddress& address) {
  Row row;
  set_fields(row, domain.attributes);
  row.set(Field::type, std::string(driver.type)).set(Field::category, "VMs");
  row.set(Field::label, domain.label()).set(Field::name, domain.name).set(Field::uuid, domain.uuid);
  set_interface(row, domain, number, address);
  set_display(row, domain);
  row.set(Field::accelerator, accelerator_of(domain)).set(Field::exe_path, domain.emulator);
  row.set(Field::arch, domain.arch).set(Field::vcpu, positive(domain.vcpus));
  row.set(Field::vram, positive(domain.memory_mb));
  if (!domain.attributes.has("PLATFORM")) row.set(Field::platform, domain.machine);
  return row;
}

}  // namespace ctys::libvirt
