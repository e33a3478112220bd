// Makes up inventories.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "generator/generator.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace ctys::generator {
namespace {

struct Hypervisor {
  std::string_view type, accelerator, release, program, console;
};
constexpr std::array<Hypervisor, 4> kHypervisors{{
    {"QEMU", "KVM", "qemu-7.2.9", "/usr/bin/qemu-system-x86_64", "VNC"},
    {"XEN", "PARA", "xen-4.17.2", "/usr/sbin/xl", "VNC"},
    {"VMW", "HVM", "vmware-server-2.0.2", "/usr/bin/vmware", "VMW"},
    {"VBOX", "HVM", "virtualbox-6.1.48", "/usr/bin/VBoxManage", "RDP"},
}};
struct System {
  std::string_view distribution, release, os, os_release;
};
constexpr std::array<System, 9> kSystems{{
    {"debian", "12.5", "Linux", "6.1.0-18"},
    {"CentOS", "7.9", "Linux", "3.10.0-1160"},
    {"Fedora", "39", "Linux", "6.7.4-200"},
    {"openSUSE", "15.5", "Linux", "5.14.21"},
    {"Ubuntu", "22.04", "Linux", "5.15.0-94"},
    {"OpenBSD", "7.4", "OpenBSD", "7.4"},
    {"FreeBSD", "14.0", "FreeBSD", "14.0"},
    {"Solaris", "11.4", "SunOS", "5.11"},
    {"Windows", "2019", "WNT", "10.0"},
}};
constexpr std::array<std::string_view, 14> kRoles{"web",  "db",   "app",  "mail", "ldap",  "dns",   "build",
                                                  "test", "edge", "inst", "desk", "store", "proxy", "log"};
constexpr std::array<std::string_view, 6> kStates{"ACTIVE", "ACTIVE",   "ACTIVE",
                                                  "BACKUP", "TEMPLATE", "TESTDUMMY"};
constexpr std::array<std::string_view, 4> kNotes{"moved from rack 12", "Grüße aus München", "東京のテスト機",
                                                 "данные отдела №7"};
constexpr std::string_view kDomain = ".lab.example";

[[gnu::format(printf, 1, 2)]] std::string printed(const char* format, ...) {
  std::array<char, 256> buffer{};
  std::va_list values;
  va_start(values, format);
  const int length = std::vsnprintf(buffer.data(), buffer.size(), format, values);
  va_end(values);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

template <class... Texts>
void append(std::string& out, const Texts&... texts) {
  ((out.append(texts), out += ';'), ...);
}

unsigned long long wide(std::uint64_t number) {
  return number;
}

}  // namespace

std::string InventoryGenerator::new_uuid() {
  const auto a = random_.next();
  const auto b = random_.next();
  return printed("%08llx-%04llx-4%03llx-%04llx-%012llx", wide(a >> 32U), wide((a >> 16U) & 0xFFFFU),
                 wide(a & 0xFFFU), wide(0x8000U | ((b >> 48U) & 0x3FFFU)), wide(b & 0xFFFFFFFFFFFFU));
}

std::string InventoryGenerator::new_mac() {
  const auto n = interfaces_;
  return printed("52:54:%02llx:%02llx:%02llx:%02llx", wide(n >> 24U & 255U), wide(n >> 16U & 255U),
                 wide(n >> 8U & 255U), wide(n & 255U));
}

std::string InventoryGenerator::new_address() {
  const auto n = interfaces_++;
  if (n % 16 == 15) return printed("2001:db8:0:%llx::%llx", wide(n >> 16U), wide((n & 0xFFFFU) + 1));
  return printed("10.%llu.%llu.%llu", wide(n >> 16U & 255U), wide(n >> 8U & 255U), wide(n & 255U));
}

void InventoryGenerator::begin_host() {
  host_ = printed("host%05llu", wide(hosts_++)) + std::string(kDomain);
  outer_.clear();
  machines_left_ = 1 + random_.below(60);
}

void InventoryGenerator::begin_machine() {
  auto& m = machine_;
  m.type = random_.below(kHypervisors.size());
  m.system = random_.below(kSystems.size());
  m.state = random_.below(kStates.size());
  m.serial = machines_++;
  m.label = std::string(random_.of(kRoles)) + printed("-%06llu", wide(m.serial));
  m.id = printed("/srv/vmpool%02llu/", wide(random_.below(8))) +
         std::string(kSystems[m.system].distribution) + "/" + m.label + "/" + m.label + ".ctys";
  m.uuid = new_uuid();
  m.owner = printed("user%03llu", wide(random_.below(500)));
  m.note = random_.one_in(8) ? random_.of(kNotes) : std::string_view();
  m.memory = 256U << random_.below(7);
  m.cpus = 1U << random_.below(4);
  m.display = random_.below(100);
  // One machine in ten stands within another one of the same host.
  m.host = !outer_.empty() && random_.one_in(10) ? outer_ + std::string(kDomain) : host_;
  if (m.host == host_ && random_.one_in(8)) outer_ = m.label;
  interfaces_left_ = random_.one_in(5) ? 2 + random_.below(2) : 1;
  interface_ = 0;
}

void InventoryGenerator::append_host(std::string& out) {
  const std::string label = host_.substr(0, host_.find('.'));
  const auto mac = new_mac();
  append(out, host_, "PM", label, "/etc/ctys.d/pm.conf", new_uuid(), mac, new_address(), "", "", "", "",
         "debian", "12.5", "Linux", "6.1.0-18", "01.11.011", printed("SN%012llu", wide(hosts_)), "PMs",
         "ACTIVE", "", "XEN%KVM%QEMU", "", "x86_64%8xCPU%65536M", "", "ROOT", "FIXED", "22", host_ + ".", "",
         "HVM", "/bin/bash", "", "eth0", "01.11.011", "255.0.0.0", "10.255.255.254", "", "x86_64",
         "rack-server", "65536", "8", "", "", "root", "root", "");
  out += "CLI\n";
}

void InventoryGenerator::append_machine(std::string& out) {
  const auto& m = machine_;
  const auto& type = kHypervisors[m.type];
  const auto& system = kSystems[m.system];
  const auto number = std::to_string(interface_);
  const auto memory = std::to_string(m.memory);
  const auto mac = new_mac();
  append(out, m.host, type.type, m.label, m.id, m.uuid, mac, new_address(), std::to_string(m.display),
         std::to_string(5900 + m.display), std::to_string(9000 + m.display), "5900", system.distribution,
         system.release, system.os, system.os_release, "01.01.001", printed("SN%012llu", wide(m.serial)),
         "VMs", kStates[m.state], type.release, type.type, "PM%" + std::string(type.type),
         std::string(type.accelerator) + "%x86_64", "VT%x86_64%" + memory + "M", "LOCAL", "PINNED", "22",
         m.label + (interface_ == 0 ? std::string() : "-" + number) + std::string(kDomain), type.release,
         type.accelerator, type.program, "", "eth" + number, "01.11.011", "255.0.0.0", "10.255.255.254",
         "br0", "x86_64", "pc-q35-7.2", memory, std::to_string(m.cpus), "", m.note, m.owner, "ctys", host_);
  out.append(type.console) += '\n';
}

void InventoryGenerator::append_record(std::string& out) {
  if (interfaces_left_ == 0 && machines_left_ == 0) {
    begin_host();
    append_host(out);
    return;
  }
  if (interfaces_left_ == 0) {
    begin_machine();
    --machines_left_;
  }
  append_machine(out);
  --interfaces_left_;
  ++interface_;
}

}  // namespace ctys::generator
