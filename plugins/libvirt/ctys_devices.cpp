// The devices of a `.ctys` file's domain.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/ctys_writer.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace ctys::libvirt {

bool boots_from_cd(const Settings& settings) {
  const std::string mode = upper(settings.get("DEFAULTBOOTMODE"));
  return mode == "CD" || mode == "ISO" || mode == "DVD";
}

namespace {

std::string last_word(const std::string& text) {
  const auto words = split(text, ' ');
  return words.empty() ? std::string() : std::string(words.back());
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

}  // namespace

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

namespace {

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

}  // namespace

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

}  // namespace ctys::libvirt
