// PROBE: can this type be used here, with what, and if not, what is missing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/capability.hpp"
#include "libvirt/kvm.hpp"
#include "libvirt/record.hpp"
#include "libvirt/remedy.hpp"
#include "libvirt/text.hpp"

#include <sys/utsname.h>

namespace ctys::libvirt {
namespace {

constexpr unsigned kMillion = 1000000;
constexpr unsigned kThousand = 1000;

std::string host_arch() {
  struct utsname names {};
  return uname(&names) == 0 ? names.machine : "";
}

std::string libvirt_release() {
  unsigned long version = 0;  // NOLINT(google-runtime-int): libvirt's
  if (virGetVersion(&version, nullptr, nullptr) < 0) return {};
  return "libvirt-" + std::to_string(version / kMillion) + "." +
         std::to_string(version / kThousand % kThousand) + "." + std::to_string(version % kThousand);
}

std::string words_of(const Error& error) {
  std::string words = error.summary;
  if (!error.why.empty()) words += ": " + error.why;
  if (!error.fix.empty()) words += "; " + error.fix;
  return words;
}

void set_accelerator(Row& row, const Driver& driver) {
  if (!driver.has_processes) {
    row.set(Field::accelerator, std::string(driver.type));
    return;
  }
  const KvmFinding kvm = find_kvm();
  row.set(Field::accelerator, kvm.works ? "KVM" : "QEMU");
  row.set(Field::detail, kvm.detail + (kvm.works ? "" : "; machines made by ctys are emulated"));
}

void set_usable(Row& row, const Driver& driver, const Connection& connection) {
  const std::string release = hypervisor_release(connection, driver);
  if (release.empty() && driver.has_processes) {
    const std::string why = last_reason().text;
    row.set(Field::state, "unusable");
    row.set(Field::detail, "libvirt finds no emulator" + (why.empty() ? "" : ": " + why) +
                               "; install one (sudo apt install qemu-system-x86)");
    return;
  }
  row.set(Field::state, "usable").set(Field::hyper_rel_run, release);
  row.set(Field::capability, capability(driver.type, host_arch(), {release, libvirt_release()}));
  set_accelerator(row, driver);
}

// One row for each step, for who wants to know what is in the way: what throws has failed.
void tell_steps(const Driver& driver, const std::string& uri, Call& call) {
  const Connection connection = Connection::open(uri, Access::any);
  const std::string release = hypervisor_release(connection, driver);
  if (release.empty() && driver.has_processes)
    throw Error(Exit::failed, "libvirt finds no emulator", last_reason().text,
                "install one (sudo apt install qemu-system-x86)");
  Row found;
  found.set(Field::type, std::string(driver.type)).set(Field::context, uri).set(Field::topic, "libvirt");
  found.set(Field::result, connection.may_write() ? "PASS" : "WARN");
  found.set(Field::detail,
            libvirt_release() + (release.empty() ? "" : ", " + release) +
                (connection.may_write() ? "" : "; machines are shown, and none may be touched"));
  if (!connection.may_write()) found.set(Field::value, std::string(rights_fix()));
  call.emit(found);
  if (!driver.has_processes) return;
  const KvmFinding kvm = find_kvm();
  Row accelerator;
  accelerator.set(Field::type, std::string(driver.type)).set(Field::topic, "acceleration");
  accelerator.set(Field::result, kvm.works ? "PASS" : "WARN").set(Field::value, kvm.fix);
  accelerator.set(Field::detail, kvm.detail + (kvm.works ? "" : "; machines made by ctys are emulated"));
  call.emit(accelerator);
}

}  // namespace

std::string capability(std::string_view type, const std::string& arch,
                       const std::vector<std::string>& products) {
  std::string text = std::string(type) + "-" + std::string(kVersion) + "-" + arch;
  for (const std::string& product : products)
    if (!product.empty()) text.append("%").append(product).append("-").append(arch);
  return text;
}

void probe(const Driver& driver, const Request& request, Call& call) {
  if (request.has("STEPS")) return tell_steps(driver, std::string(request.endpoint()), call);
  Row row;
  row.set(Field::type, std::string(driver.type)).set(Field::context, std::string(request.endpoint()));
  try {
    set_usable(row, driver, Connection::open(std::string(request.endpoint()), Access::any));
  } catch (const Error& error) {
    row.set(Field::state, "unusable").set(Field::detail, words_of(error));
  }
  call.emit(row);
}

}  // namespace ctys::libvirt
