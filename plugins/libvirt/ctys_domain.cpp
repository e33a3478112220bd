// Writes the libvirt domain of an original `.ctys` file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/ctys_file.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/metadata_node.hpp"
#include "libvirt/text.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <sstream>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kQemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

// Variables with the defaults of the original.
class Settings {
 public:
  Settings(const Conf& conf, const std::string& path) : conf_(conf), folder_(fs::path(path).parent_path()) {}

  [[nodiscard]] std::string get(std::string_view name, std::string_view fallback = {}) const {
    std::string value(trim(conf_.variables.get(name)));
    return value.empty() ? std::string(fallback) : value;
  }
  [[nodiscard]] std::string key_or_variable(std::string_view name) const {
    std::string value = conf_.keys.get(name);
    return value.empty() ? get(name) : value;
  }
  [[nodiscard]] std::uint64_t count(std::string_view name, std::uint64_t fallback, std::uint64_t most) const {
    const std::string text = get(name);
    if (text.empty()) return fallback;
    const auto value = number(text);
    if (!value || *value == 0 || *value > most)
      throw Error(Exit::usage, "bad value of " + std::string(name),
                  "'" + text + "' is no number from 1 to " + std::to_string(most));
    return *value;
  }
  // Absolute path of a medium; relative ones are meant from the file's folder.
  [[nodiscard]] std::string file(std::string_view name) const {
    const std::string value = get(name);
    return value.empty() ? value : (folder_ / value).lexically_normal().string();
  }

 private:
  const Conf& conf_;
  fs::path folder_;
};

struct Writer {
  const Conf& conf;
  const Driver& driver;
  const HostFacts& host;
  Settings settings;
  Attributes attributes;
  std::string arch;
  bool is_x86 = true;
  bool kvm = false;
  pugi::xml_document document{};
  pugi::xml_node root{};
  pugi::xml_node devices{};
  pugi::xml_node commandline{};
};

pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& text = {}) {
  auto node = parent.append_child(name);
  if (!text.empty()) node.text().set(text.c_str());
  return node;
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name) = value.c_str();
}

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

std::string last_word(const std::string& text) {
  const auto words = split(text, ' ');
  return words.empty() ? std::string() : std::string(words.back());
}

void write_metadata(Writer& out) {
  auto machine = out.root.append_child("metadata").append_child("ctys:machine");
  set(machine, "xmlns:ctys", kMetadataUri);
  append_attributes(machine, out.attributes);
}

bool boots_from_cd(const Settings& settings) {
  const std::string mode = upper(settings.get("DEFAULTBOOTMODE"));
  return mode == "CD" || mode == "ISO" || mode == "DVD";
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

std::string format_of(const std::string& path) {
  // By name only: a guest decides what is in its disk, and could make it look like another format.
  for (const char* format : {"qcow2", "vmdk", "vdi", "vhdx", "qed"})
    if (lower(path).ends_with("." + std::string(format))) return format;
  return "raw";
}

void write_disk(Writer& out, const std::string& path, const char* device, const char* target,
                const char* bus) {
  auto disk = add(out.devices, "disk");
  const bool block = path.starts_with("/dev/");
  set(disk, "type", block ? "block" : "file");
  set(disk, "device", device);
  auto driver = add(disk, "driver");
  set(driver, "name", "qemu");
  set(driver, "type", std::string_view(device) == "disk" ? format_of(path) : "raw");
  set(add(disk, "source"), block ? "dev" : "file", path);
  auto at = add(disk, "target");
  set(at, "dev", target);
  set(at, "bus", bus);
  if (std::string_view(device) == "cdrom") add(disk, "readonly");
}

void write_disks(Writer& out) {
  struct Slot {
    const char* variable;
    const char* virtio;
    const char* ide;
  };
  constexpr std::array kSlots = {Slot{"HDA", "vda", "hda"}, Slot{"HDB", "vdb", "hdb"},
                                 Slot{"HDC", "vdc", "hdc"}, Slot{"HDD", "vdd", "hdd"}};
  const auto& settings = out.settings;
  const char* bus = out.is_x86 ? "ide" : "virtio";
  const auto write = [&](const std::string& path, const Slot& slot) {
    if (!path.empty()) write_disk(out, path, "disk", out.is_x86 ? slot.ide : slot.virtio, bus);
  };
  const std::string boot = settings.file("HDDBOOTIMAGE");
  write(settings.get("HDA").empty() ? boot : settings.file("HDA"), kSlots[0]);
  write(settings.file("HDB"), kSlots[1]);
  write(settings.file("HDD"), kSlots[3]);
  // The third place of an IDE bus is where the original put its CD.
  const std::string medium = settings.file("INSTSRCCDROM");
  if (!settings.get("HDC").empty()) {
    write(settings.file("HDC"), kSlots[2]);
  } else if (!medium.empty() && boots_from_cd(settings) && out.is_x86) {
    write_disk(out, medium, "cdrom", "hdc", "ide");
  }
  for (const char* variable : {"FDA", "FDB"})
    if (const std::string path = settings.file(variable); !path.empty() && out.is_x86)
      write_disk(out, path, "floppy", lower(variable).c_str(), "fdc");
}

// "rtl8139", "-net nic,model=e1000,..."; "none": no network.
std::string network_model(const std::string& text) {
  constexpr std::string_view kModel = "model=";
  if (const auto at = text.find(kModel); at != std::string::npos) {
    const auto rest = std::string_view(text).substr(at + kModel.size());
    return std::string(rest.substr(0, rest.find_first_of(", ")));
  }
  const bool word = text.find_first_of(" ,=/") == std::string::npos;
  return word ? text : "rtl8139";
}

// User mode networking with the guest's sshd on a port of this host, as the file says that it is reached.
// libvirt 9 itself cannot forward ports.
void write_forwarded_interface(Writer& out, std::size_t number, const std::string& mac,
                               const std::string& model, const std::string& port) {
  constexpr unsigned kFirstSlot = 0x10;
  if (!out.commandline) out.commandline = out.root.append_child("qemu:commandline");
  const auto argument = [&](const std::string& value) {
    set(add(out.commandline, "qemu:arg"), "value", value);
  };
  const std::string id = "ctys" + std::to_string(number);
  std::ostringstream slot;
  slot << std::hex << kFirstSlot + number;
  argument("-netdev");
  argument("user,id=" + id + ",hostfwd=tcp:127.0.0.1:" + port + "-:22");
  argument("-device");
  argument((model == "virtio" ? "virtio-net-pci" : model) + ",netdev=" + id +
           (mac.empty() ? "" : ",mac=" + mac) + ",bus=" + (out.is_x86 ? "pci.0" : "pcie.0") + ",addr=0x" +
           slot.str());
}

void write_interface(Writer& out, std::size_t number, const std::string& mac, const GuestAddress& address,
                     const std::string& model) {
  const std::string port =
      address.ssh_port.empty() && number == 0 ? out.attributes.get("SSHPORT") : address.ssh_port;
  const bool loopback = address.ip.starts_with("127.") || address.ip == "localhost";
  const auto port_number = ctys::libvirt::number(port);
  constexpr std::uint64_t kHighestPort = 65535;
  if (out.driver.has_guests && loopback && port_number && *port_number <= kHighestPort) {
    write_forwarded_interface(out, number, mac, model, port);
    return;
  }
  auto interface = add(out.devices, "interface");
  const auto& bridges = out.host.bridges;
  const bool bridge = std::find(bridges.begin(), bridges.end(), address.relay) != bridges.end();
  const bool simple = address.relay.empty();
  set(interface, "type",
      simple   ? (out.driver.has_guests ? "user" : "network")
      : bridge ? "bridge"
               : "network");
  if (!mac.empty()) set(add(interface, "mac"), "address", mac);
  if (!simple) set(add(interface, "source"), bridge ? "bridge" : "network", address.relay);
  if (simple && !out.driver.has_guests) set(add(interface, "source"), "network", "default");
  set(add(interface, "model"), "type", model);
}

void write_interfaces(Writer& out) {
  constexpr std::size_t kMost = 8;  // as many as the original's start scripts took
  const std::string model = network_model(out.settings.get("NIC", out.is_x86 ? "rtl8139" : "virtio"));
  if (lower(model) == "none") return;
  for (std::size_t number = 0; number < kMost; ++number) {
    std::string mac = mac_of(out.attributes, number);
    if (mac.empty()) {
      const std::string variable = out.settings.get("MAC" + std::to_string(number));
      mac = normal_mac(variable).value_or("");
      if (mac.empty() && !variable.empty())
        throw Error(Exit::usage, "bad value of MAC" + std::to_string(number),
                    "'" + variable + "' is no MAC address");
    }
    const auto addresses = addresses_of(out.attributes, number);
    if (number > 0 && mac.empty() && addresses.empty()) continue;
    write_interface(out, number, mac, addresses.empty() ? GuestAddress{} : addresses.front(), model);
  }
}

void write_display(Writer& out) {
  auto graphics = add(out.devices, "graphics");
  set(graphics, "type", "vnc");
  constexpr std::uint64_t kBase = 5900;
  constexpr std::uint64_t kMostDisplays = 59000;
  const auto display = number(out.settings.key_or_variable("VNCACCESSDISPLAY"));
  const bool fixed = display && *display <= kMostDisplays;
  set(graphics, "port", fixed ? std::to_string(kBase + *display) : "-1");
  set(graphics, "autoport", fixed ? "no" : "yes");
  set(graphics, "listen", "127.0.0.1");
  const std::string keys = lower(out.settings.get("KBD_LAYOUT", "de"));
  if (keys.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos)
    set(graphics, "keymap", keys);
  struct Card {
    std::string_view word;
    const char* model;
  };
  constexpr std::array kCards = {Card{"cirrus", "cirrus"}, Card{"std", "vga"},     Card{"vga", "vga"},
                                 Card{"vmware", "vmvga"},  Card{"vmvga", "vmvga"}, Card{"qxl", "qxl"},
                                 Card{"virtio", "virtio"}, Card{"none", "none"}};
  const std::string wanted =
      lower(last_word(out.settings.get("VGADRIVER", out.is_x86 ? "cirrus" : "virtio")));
  const auto* card =
      std::find_if(kCards.begin(), kCards.end(), [&](const Card& c) { return c.word == wanted; });
  set(add(add(out.devices, "video"), "model"), "type", card == kCards.end() ? "vga" : card->model);
}

void write_guest_devices(Writer& out) {
  auto serial = add(out.devices, "serial");
  set(serial, "type", "pty");
  set(add(serial, "target"), "port", "0");
  auto console = add(out.devices, "console");
  set(console, "type", "pty");
  auto target = add(console, "target");
  set(target, "type", "serial");
  set(target, "port", "0");
  auto channel = add(out.devices, "channel");
  set(channel, "type", "unix");
  auto agent = add(channel, "target");
  set(agent, "type", "virtio");
  set(agent, "name", "org.qemu.guest_agent.0");
}

void write_arguments(Writer& out) {
  const std::string added = out.settings.get("ARGSADD");
  for (const auto word : split(added, ' ')) {
    if (word.empty()) continue;
    if (!out.commandline) out.commandline = out.root.append_child("qemu:commandline");
    set(add(out.commandline, "qemu:arg"), "value", std::string(word));
  }
}

// Attributes: all keys by their one name, and what only variables say.
Attributes attributes_of_conf(const Conf& conf, const std::string& path) {
  Attributes attributes;
  for (const auto& [name, value] : conf.keys.pairs) {
    const std::string key = stored_key(name);
    if (!value.empty() && !attributes.has(key)) attributes.set(key, value);
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
