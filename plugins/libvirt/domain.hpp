// A libvirt domain's XML as plain data.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::libvirt {

// The namespace of ctys' own attributes in a domain's <metadata>:
//
//   <metadata>
//     <ctys:machine xmlns:ctys="urn:ctys:machine:1">
//       <attribute name="LABEL" value="web01"/>
//     </ctys:machine>
//   </metadata>
//
// Names are the `#@#` keys of machine files, without the prefix. The order is the user's.
inline constexpr const char* kMetadataUri = "urn:ctys:machine:1";
inline constexpr const char* kMetadataPrefix = "ctys";
// Of QEMU's own elements there.
inline constexpr const char* kQemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";
inline constexpr std::size_t kXmlLimit = 4U << 20;  // bytes of a file with a domain's XML

// KEY and value, in their order; a KEY stands once.
struct Attributes {
  std::vector<std::pair<std::string, std::string>> pairs;
  [[nodiscard]] std::string get(std::string_view key) const;  // empty: not there
  [[nodiscard]] bool has(std::string_view key) const noexcept;
  void set(std::string_view key, std::string value);
  bool erase(std::string_view key);  // false: was not there
};

struct Disk {
  std::string device;  // disk, cdrom, floppy, lun
  std::string source;  // file, block device or volume; empty: no medium
  std::string target;  // hda, vda, ...
  std::string format;  // raw, qcow2, ...
};

struct Interface {
  std::string type;     // network, bridge, user, direct, ...; "user" for those in qemu:commandline
  std::string mac;      // lower case
  std::string source;   // name of the network or bridge
  std::string target;   // device on the host, e.g. vnet0; running machines only
  bool hidden = false;  // in qemu:commandline: libvirt itself does not know it
};

// A port of this host that is handed on to the guest by user mode networking.
struct Forward {
  std::string address;  // of this host; empty: all
  unsigned port = 0;
  unsigned guest_port = 0;
};

struct Graphics {
  std::string type;    // vnc, spice, ...
  int port = -1;       // -1: none yet (given at start)
  std::string listen;  // address
  std::string socket;  // path, instead of a port
};

// A character device with a guest end that a text console can use.
struct Serial {
  std::string alias;  // device name for virDomainOpenConsole, e.g. serial0; running machines only
  std::string type;   // pty, tcp, unix, ...
  std::string path;   // of the pty or socket; running machines only
};

enum class Agent { none, configured, connected };

struct Domain {
  std::string name;
  std::string uuid;  // lower case
  std::string title;
  std::string type;  // kvm, qemu, test, ...
  int id = -1;       // of a running machine
  std::uint64_t memory_mb = 0;
  unsigned vcpus = 0;
  std::string arch;
  std::string machine;  // pc-i440fx-7.2, ...
  std::string os_type;  // hvm
  std::string emulator;
  bool restarts = true;               // when its system reboots; else that ends it
  bool restarts_after_crash = false;  // by libvirt's hand, perhaps after a dump of its memory
  std::vector<Disk> disks;
  std::vector<Interface> interfaces;
  std::vector<Forward> forwards;
  std::vector<Graphics> graphics;
  std::vector<Serial> serials;
  Agent agent = Agent::none;
  Attributes attributes;
  std::vector<std::string> ignored;  // attributes left out above, and why: their values cannot be

  [[nodiscard]] std::string label() const;             // ctys attribute LABEL, else the name
  [[nodiscard]] const Graphics* vnc() const noexcept;  // the first VNC display
};

// Throws Error{usage} with line and column when the text is not XML, or is not a domain. Everything in it may
// be hostile; nothing outside the text is read.
[[nodiscard]] Domain parse_domain(std::string_view xml);

// The <ctys:machine> element alone, as virDomainGetMetadata gives and virDomainSetMetadata takes it.
[[nodiscard]] Attributes parse_metadata(std::string_view xml);
[[nodiscard]] std::string metadata_xml(const Attributes& attributes);

}  // namespace ctys::libvirt
