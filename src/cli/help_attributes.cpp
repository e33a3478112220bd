// The table of attributes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_attributes.hpp"

#include <array>

namespace ctys::cli {
namespace {

// plugins/libvirt/keys.cpp says what each key does; a key that is stored there is explained here.
constexpr std::array kAttributes{
    Attribute{"LABEL", "the name you call the machine by"},
    Attribute{"IP",
              "guest address: IP[%NETMASK[%BRIDGE[%INTERFACE[%SSHPORT[%GATEWAY]]]]], several with commas",
              true},
    Attribute{"TCP", "guest address or name of the first interface, where IP is not given"},
    Attribute{"MAC", "MAC address of a network interface", true},
    Attribute{"UUID", "UUID of the machine; in machine files"},
    Attribute{"SESSIONTYPE", "session type, QEMU for example; in machine files"},
    Attribute{"OS", "operating system of the guest, Linux for example"},
    Attribute{"OSREL", "its release"},
    Attribute{"DIST", "distribution of the guest, Debian for example"},
    Attribute{"DISTREL", "its release"},
    Attribute{"VERSION", "version of the machine's configuration, your own count"},
    Attribute{"SERNO", "serial number of the configuration"},
    Attribute{"CATEGORY", "VM, PM, VMs, PMs or HOSTs; in machine files"},
    Attribute{"VMSTATE",
              "ACTIVE, BACKUP, DISABLED, EMPTY, IGNORE, TEMPLATE, TESTDUMMY or a word of your own"},
    Attribute{"USTRG", "text of your own"},
    Attribute{"CSTRG", "text of the plugin"},
    Attribute{"DEFAULTCONSOLE",
              "console that create opens: CLI, XTERM, GTERM, VNC or NONE; other consoles of classic files "
              "are kept"},
    Attribute{"DEFAULTHOSTS", "preferred kind of login to the guest"},
    Attribute{"SSHPORT", "ports of the guest's SSH server, 22 when not given"},
    Attribute{"GATEWAY", "default gateway of the guest"},
    Attribute{"NETNAME", "name of its network"},
    Attribute{"VNCACCESSPORT", "port of its VNC display; in machine files"},
    Attribute{"VNCBASEPORT", "port of VNC display 0, 5900 when not given"},
    Attribute{"VNCACCESSDISPLAY", "number of its VNC display; in machine files"},
    Attribute{"SPORT", "administration port, or path of a socket"},
    Attribute{"ARCH", "architecture of the guest, x86_64 for example; in machine files"},
    Attribute{"PLATFORM", "kind of machine, PC for example"},
    Attribute{"ACCELERATOR", "KVM, QEMU, HVM or PARA; in machine files"},
    Attribute{"VRAM", "memory in MB; in machine files"},
    Attribute{"VCPU", "number of processors; in machine files"},
    Attribute{"STARTERCALL", "program that runs the machine; in machine files"},
    Attribute{"HYPERREL", "release of the hypervisor it was installed with"},
    Attribute{"STACKCAP", "hypervisors the guest offers to machines inside it"},
    Attribute{"STACKREQ", "hypervisors it needs below it"},
    Attribute{"HWCAP", "hardware the guest offers"},
    Attribute{"HWREQ", "hardware it needs"},
    Attribute{"EXECLOCATION", "where it may run: LOCAL, hosts or groups; shown, not enforced"},
    Attribute{"RELOCCAP", "FIXED, PINNED or a word of your own; shown, not enforced"},
    Attribute{"UID", "owner; in machine files"},
    Attribute{"GID", "owner's group; in machine files"},
    Attribute{"HOST", "host that holds the machine; in machine files"},
    Attribute{"ID", "path or name of the machine; in machine files"},
    Attribute{"CTYSREL", "release of ctys that wrote the file"},
    Attribute{"INST_HYPERREL", "as HYPERREL; written by installers"},
    Attribute{"INST_ACCELERATOR", "as ACCELERATOR; written by installers"},
    Attribute{"STACKLEVEL", "0 for a physical machine, 1 for a virtual one"},
    Attribute{"XMLCFG", "XML file of VirtualBox"},
};

}  // namespace

std::span<const Attribute> attributes() {
  return kAttributes;
}

}  // namespace ctys::cli
