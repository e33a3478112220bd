// Parses a libvirt domain's XML.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/domain.hpp"

#include "libvirt/key_value.hpp"
#include "libvirt/metadata_node.hpp"
#include "libvirt/qemu_arguments.hpp"
#include "libvirt/text.hpp"
#include "libvirt/xml.hpp"

#include <ctys/error.hpp>

#include <algorithm>
#include <limits>

namespace ctys::libvirt {
namespace {

std::string attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).value();
}

// libvirt's units: the decimal ones end in B, the binary ones in iB or are a single letter. Default KiB.
std::uint64_t bytes_per(std::string_view unit) {
  constexpr std::uint64_t kDecimal = 1000;
  constexpr std::uint64_t kBinary = 1024;
  if (unit.empty()) return kBinary;
  const std::string word = lower(unit);
  if (word == "b" || word == "bytes") return 1;
  constexpr std::string_view kPowers = "kmgtpe";
  const auto power = kPowers.find(word.front());
  if (power == std::string_view::npos) return kBinary;
  const std::uint64_t base = word.size() == 2 && word[1] == 'b' ? kDecimal : kBinary;
  std::uint64_t result = 1;
  for (std::size_t step = 0; step <= power; ++step) result *= base;
  return result;
}

std::uint64_t memory_mb(const pugi::xml_node& node) {
  constexpr std::uint64_t kMega = 1024ULL * 1024;
  const auto amount = number(trim(node.child_value()));
  const std::uint64_t unit = bytes_per(attribute(node, "unit"));
  if (!amount || *amount > std::numeric_limits<std::uint64_t>::max() / unit) return 0;
  return *amount * unit / kMega;
}

Disk read_disk(const pugi::xml_node& node) {
  const auto source = node.child("source");
  Disk disk{attribute(node, "device"),
            {},
            attribute(node.child("target"), "dev"),
            attribute(node.child("driver"), "type")};
  if (disk.device.empty()) disk.device = "disk";
  for (const char* name : {"file", "dev", "dir", "volume", "name"})
    if (disk.source.empty()) disk.source = attribute(source, name);
  return disk;
}

// <portForward proto='tcp' address='127.0.0.1'><range start='2301' to='22'/></portForward>
void read_port_forwards(const pugi::xml_node& node, Domain& domain) {
  for (const auto& forward : node.children("portForward")) {
    if (attribute(forward, "proto") != "tcp") continue;
    for (const auto& range : forward.children("range")) {
      const unsigned start = range.attribute("start").as_uint();
      const unsigned to = range.attribute("to").as_uint(start);
      if (start != 0 && to != 0) domain.forwards.push_back({attribute(forward, "address"), start, to});
    }
  }
}

Interface read_interface(const pugi::xml_node& node) {
  const auto source = node.child("source");
  Interface result;
  result.type = attribute(node, "type");
  result.mac = lower(attribute(node.child("mac"), "address"));
  result.target = attribute(node.child("target"), "dev");
  for (const char* name : {"network", "bridge", "dev"})
    if (result.source.empty()) result.source = attribute(source, name);
  return result;
}

Graphics read_graphics(const pugi::xml_node& node) {
  Graphics graphics{attribute(node, "type"), node.attribute("port").as_int(-1), attribute(node, "listen"),
                    attribute(node, "socket")};
  for (const auto& listen : node.children("listen")) {
    if (graphics.listen.empty()) graphics.listen = attribute(listen, "address");
    if (graphics.socket.empty()) graphics.socket = attribute(listen, "socket");
  }
  return graphics;
}

// The first <console> repeats the first <serial>; both have its alias once the machine runs.
void read_serial(const pugi::xml_node& node, Domain& domain) {
  Serial serial{attribute(node.child("alias"), "name"), attribute(node, "type"),
                attribute(node.child("source"), "path")};
  const bool repeats = std::any_of(domain.serials.begin(), domain.serials.end(), [&](const Serial& other) {
    return other.alias == serial.alias && (!serial.alias.empty() || other.type == serial.type);
  });
  if (!repeats) domain.serials.push_back(std::move(serial));
}

void read_agent(const pugi::xml_node& channel, Domain& domain) {
  const auto target = channel.child("target");
  if (attribute(target, "name") != "org.qemu.guest_agent.0") return;
  domain.agent = attribute(target, "state") == "connected" ? Agent::connected : Agent::configured;
}

void read_devices(const pugi::xml_node& devices, Domain& domain) {
  domain.emulator = trim(devices.child_value("emulator"));
  for (const auto& node : devices.children()) {
    const std::string_view name = node.name();
    if (name == "disk") {
      domain.disks.push_back(read_disk(node));
    } else if (name == "interface") {
      domain.interfaces.push_back(read_interface(node));
      read_port_forwards(node, domain);
    } else if (name == "graphics") {
      domain.graphics.push_back(read_graphics(node));
    } else if (name == "serial" || name == "console") {
      read_serial(node, domain);
    } else if (name == "channel") {
      read_agent(node, domain);
    }
  }
}

void read_arguments(const pugi::xml_node& commandline, Domain& domain) {
  std::vector<std::string> arguments;
  for (const auto& node : commandline.children())
    if (local_name(node) == "arg") arguments.push_back(attribute(node, "value"));
  read_qemu_arguments(arguments, domain);
}

}  // namespace

std::string Domain::label() const {
  std::string label = attributes.get("LABEL");
  return label.empty() ? name : label;
}

const Graphics* Domain::vnc() const noexcept {
  const auto found =
      std::find_if(graphics.begin(), graphics.end(), [](const Graphics& one) { return one.type == "vnc"; });
  return found == graphics.end() ? nullptr : &*found;
}

Domain parse_domain(std::string_view xml) {
  pugi::xml_document document;
  load_xml(document, xml);
  const auto root = document.document_element();
  if (std::string_view(root.name()) != "domain")
    throw Error(Exit::usage, "this XML is not a libvirt domain",
                "its outermost element is <" + std::string(root.name()) + ">, not <domain>");
  Domain domain;
  domain.name = root.child_value("name");  // blanks around it are part of it, as to libvirt
  domain.uuid = normal_uuid(root.child_value("uuid")).value_or("");
  domain.title = trim(root.child_value("title"));
  const auto on_reboot = trim(root.child_value("on_reboot"));
  domain.restarts = on_reboot.empty() || on_reboot == "restart";
  domain.restarts_after_crash = trim(root.child_value("on_crash")).ends_with("restart");
  domain.type = attribute(root, "type");
  domain.id = root.attribute("id").as_int(-1);
  domain.memory_mb = memory_mb(root.child("memory"));
  domain.vcpus = static_cast<unsigned>(
      std::min<std::uint64_t>(number(trim(root.child_value("vcpu"))).value_or(0), 65535U));
  const auto type = root.child("os").child("type");
  domain.arch = attribute(type, "arch");
  domain.machine = attribute(type, "machine");
  domain.os_type = trim(type.child_value());
  read_devices(root.child("devices"), domain);
  for (const auto& node : root.child("metadata").children())
    if (local_name(node) == "machine" && namespace_of(node) == kMetadataUri)
      domain.attributes = attributes_of(node);
  domain.ignored = drop_bad_values(domain.attributes);
  for (const auto& node : root.children())
    if (local_name(node) == "commandline" && namespace_of(node) == kQemuNamespace)
      read_arguments(node, domain);
  return domain;
}

}  // namespace ctys::libvirt
