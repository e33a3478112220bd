// Writes the libvirt domain of an original `.ctys` file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/ctys_writer.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/key_value.hpp"
#include "libvirt/metadata_node.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

std::string libvirt_arch(const std::string& word) {
  struct Spelling {
    std::string_view word, arch;
  };
  constexpr std::array kSpellings = {
      Spelling{"amd64", "x86_64"}, Spelling{"i86pc", "x86_64"}, Spelling{"x86-64", "x86_64"},
      Spelling{"i386", "i686"},    Spelling{"i486", "i686"},    Spelling{"i586", "i686"},
      Spelling{"x86", "i686"},     Spelling{"arm", "armv7l"},   Spelling{"arm64", "aarch64"}};
  std::string name = lower(word);
  for (const auto& spelling : kSpellings)
    if (spelling.word == name) return std::string(spelling.arch);
  return name;
}

// libvirt wants no '/' in a name and no name of dots only.
std::string domain_name(const std::string& label) {
  std::string name = label;
  std::replace(name.begin(), name.end(), '/', '_');
  std::replace(name.begin(), name.end(), '\n', '_');
  return name.find_first_not_of('.') == std::string::npos ? "machine" : name;
}

void write_metadata(Writer& out) {
  auto machine = out.root.append_child("metadata").append_child("ctys:machine");
  set(machine, "xmlns:ctys", kMetadataUri);
  append_attributes(machine, out.attributes);
}

void write_boot(Writer& out) {
  auto os = add(out.root, "os");
  auto type = add(os, "type", "hvm");
  set(type, "arch", out.arch);
  if (out.driver.has_guests) set(type, "machine", out.is_x86 ? "pc" : "virt");
  if (const std::string bios = out.settings.file("QEMUBIOS"); !bios.empty()) add(os, "loader", bios);
  const std::string mode = upper(out.settings.get("DEFAULTBOOTMODE", "HDD"));
  const std::string kernel = out.settings.file("KERNELIMAGE");
  if (!kernel.empty() && (mode == "KERNEL" || mode == "HDD")) {
    add(os, "kernel", kernel);
    if (const std::string initrd = out.settings.file("INITRDIMAGE"); !initrd.empty())
      add(os, "initrd", initrd);
    if (const std::string append = out.settings.get("APPEND"); !append.empty()) add(os, "cmdline", append);
  }
  const char* first = boots_from_cd(out.settings) ? "cdrom"
                      : mode == "FDD"             ? "fd"
                      : mode == "PXE"             ? "network"
                                                  : "hd";
  set(add(os, "boot"), "dev", first);
  if (std::string_view(first) != "hd") set(add(os, "boot"), "dev", "hd");
}

void write_processor(Writer& out) {
  if (!out.driver.has_guests) return;
  if (out.is_x86) {
    auto features = add(out.root, "features");
    add(features, "acpi");
    add(features, "apic");
  }
  const std::string wanted = out.settings.get("CPU");
  // The original's defaults are the poorest processors there are; nobody chose them.
  const bool chosen =
      !wanted.empty() && wanted != "qemu64" && wanted != "qemu32" && wanted != "host" && wanted != "max";
  auto cpu = add(out.root, "cpu");
  if (!chosen) {
    set(cpu, "mode", out.kvm ? "host-passthrough" : "maximum");
    return;
  }
  set(cpu, "mode", "custom");
  set(cpu, "match", "exact");
  auto model = add(cpu, "model", wanted);
  set(model, "fallback", "allow");
}

// Attributes: all keys by their one name, and what only variables say.
Attributes attributes_of_conf(const Conf& conf, const std::string& path) {
  Attributes attributes;
  for (const auto& [name, value] : conf.keys.pairs) {
    const std::string key = stored_key(name);
    if (value.empty() || attributes.has(key)) continue;
    // A UUID that is none is refused where it is used: it would become another machine's.
    if (key == "UUID" || value_problem(key, value).empty()) attributes.set(key, value);
  }
  if (const std::string label = conf.variables.get("LABEL"); !attributes.has("LABEL") && !label.empty())
    attributes.set("LABEL", label);
  attributes.set("ID", path);
  return attributes;
}

void write_identity(Writer& out, const std::string& path) {
  const std::string label = out.attributes.get("LABEL");
  add(out.root, "name", domain_name(label.empty() ? fs::path(path).stem().string() : label));
  const std::string uuid = out.settings.key_or_variable("UUID");
  add(out.root, "uuid", normal_uuid(uuid).value_or(uuid_of_path(path)));
  if (!uuid.empty() && !normal_uuid(uuid))
    throw Error(Exit::usage, "bad value of UUID", "'" + uuid + "' is no UUID");
}

void write_size(Writer& out) {
  constexpr std::uint64_t kMostMegabytes = 16ULL * 1024 * 1024;
  constexpr std::uint64_t kMostProcessors = 512;
  auto memory = add(out.root, "memory", std::to_string(out.settings.count("MEMSIZE", 512, kMostMegabytes)));
  set(memory, "unit", "MiB");
  add(out.root, "vcpu", std::to_string(out.settings.count("SMP", 1, kMostProcessors)));
}

}  // namespace

std::string domain_xml(const Conf& conf, const std::string& path, const Driver& driver,
                       const HostFacts& host) {
  Writer out{conf, driver, host, Settings(conf, path), attributes_of_conf(conf, path), {}};
  out.arch = libvirt_arch(out.settings.key_or_variable("ARCH"));
  if (out.arch.empty()) out.arch = "x86_64";
  out.is_x86 = out.arch == "x86_64" || out.arch == "i686";
  const bool same = out.arch == host.arch || (out.arch == "i686" && host.arch == "x86_64");
  out.kvm = host.kvm && same && upper(out.settings.get("ACCELERATOR")) != "QEMU";
  out.root = out.document.append_child("domain");
  set(out.root, "type", !driver.has_guests ? "test" : out.kvm ? "kvm" : "qemu");
  if (driver.has_guests) set(out.root, "xmlns:qemu", kQemuNamespace);
  write_identity(out, path);
  write_metadata(out);
  write_size(out);
  write_boot(out);
  write_processor(out);
  const std::string clock = out.settings.get("TIMEOPT");
  set(add(out.root, "clock"), "offset", clock.find("localtime") != std::string::npos ? "localtime" : "utc");
  add(out.root, "on_poweroff", "destroy");
  add(out.root, "on_reboot", "restart");
  add(out.root, "on_crash", "destroy");
  out.devices = add(out.root, "devices");
  const std::string emulator = out.settings.get("STARTERCALL");
  if (driver.has_guests && fs::path(emulator).is_absolute() &&
      fs::path(emulator).filename().string().starts_with("qemu-system-"))
    add(out.devices, "emulator", emulator);
  write_disks(out);
  write_interfaces(out);
  write_display(out);
  if (driver.has_guests) {
    write_guest_devices(out);
    write_arguments(out);
  }
  std::ostringstream text;
  out.document.save(text, "  ", pugi::format_indent | pugi::format_no_declaration);
  return text.str();
}

}  // namespace ctys::libvirt
