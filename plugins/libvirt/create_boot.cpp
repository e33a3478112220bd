// Edits a domain's XML so that it boots from one given medium.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/create_boot.hpp"

#include "libvirt/xml.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace ctys::libvirt {
namespace {

// The words of libvirt for a kind of medium.
struct Medium {
  std::string_view mode;
  const char* boot;    // <boot dev='...'/>
  const char* device;  // <disk device='...'>; nullptr: not a disk
  const char* name;    // for people
};
constexpr std::array kMedia{
    Medium{"HDD", "hd", "disk", "hard disk"}, Medium{"CD", "cdrom", "cdrom", "CD drive"},
    Medium{"FDD", "fd", "floppy", "floppy drive"}, Medium{"PXE", "network", nullptr, "network interface"}};

const Medium* medium_of(std::string_view mode) {
  const auto* const found =
      std::find_if(kMedia.begin(), kMedia.end(), [&](const Medium& at) { return at.mode == mode; });
  return found == kMedia.end() ? nullptr : found;
}

void remove_all(pugi::xml_node parent, const char* name) {
  while (parent.remove_child(name)) {
  }
}

void set_text(pugi::xml_node parent, const char* name, const std::string& text) {
  pugi::xml_node child = parent.child(name);
  if (!child) child = parent.append_child(name);
  child.text().set(text.c_str());
}

// libvirt does not take both <boot dev> and the order of devices: the order goes.
void forget_order(pugi::xml_node domain) {
  for (pugi::xml_node device : domain.child("devices").children()) remove_all(device, "boot");
}

std::string device_of(const pugi::xml_node& disk) {
  return disk.attribute("device").as_string("disk");
}

bool has_medium(const pugi::xml_node& disk) {
  return disk.child("source").first_attribute();
}

pugi::xml_node first_disk(const pugi::xml_node& devices, const std::string& device, bool with_medium) {
  for (const pugi::xml_node disk : devices.children("disk"))
    if (device_of(disk) == device && (!with_medium || has_medium(disk))) return disk;
  return {};
}

bool is_taken(const pugi::xml_node& devices, const std::string& target) {
  const auto disks = devices.children("disk");
  return std::any_of(disks.begin(), disks.end(), [&](const pugi::xml_node& disk) {
    return disk.child("target").attribute("dev").as_string() == target;
  });
}

// The first free name of a bus: hda, hdb, ...
std::string free_target(const pugi::xml_node& devices, const std::string& prefix) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  for (const char letter : kLetters)
    if (std::string target = prefix + letter; !is_taken(devices, target)) return target;
  throw Error(Exit::usage, "cannot add a drive", "the machine has no free place for one");
}

pugi::xml_node add_disk(pugi::xml_node domain, const Medium& medium) {
  pugi::xml_node devices = domain.child("devices");
  const std::string machine = domain.child("os").child("type").attribute("machine").as_string();
  const bool is_pc = machine.empty() || machine == "pc" || machine.starts_with("pc-i440fx");
  pugi::xml_node disk = devices.append_child("disk");
  disk.append_attribute("type") = "file";
  disk.append_attribute("device") = medium.device;
  pugi::xml_node target = disk.append_child("target");
  const bool floppy = medium.mode == "FDD";
  target.append_attribute("dev") = free_target(devices, floppy ? "fd" : is_pc ? "hd" : "sd").c_str();
  target.append_attribute("bus") = floppy ? "fdc" : is_pc ? "ide" : "sata";
  return disk;
}

// The format comes from the name, never from the content: a guest may write what it likes into its raw disk,
// even the header of another format that names files of this host.
void insert_medium(pugi::xml_node disk, const Medium& medium, const std::string& path) {
  const bool qcow2 = path.ends_with(".qcow2");
  remove_all(disk, "source");
  remove_all(disk, "backingStore");
  remove_all(disk, "driver");
  disk.attribute("type").set_value("file");
  if (medium.mode != "HDD" && !disk.child("readonly")) disk.append_child("readonly");
  pugi::xml_node driver = disk.prepend_child("driver");
  driver.append_attribute("name") = "qemu";
  driver.append_attribute("type") = qcow2 ? "qcow2" : "raw";
  pugi::xml_node source = disk.insert_child_after("source", driver);
  source.append_attribute("file") = path.c_str();
}

void boot_from(pugi::xml_node domain, const Medium& medium, const Boot& boot, const std::string& title) {
  pugi::xml_node os = domain.child("os");
  for (const char* name : {"kernel", "initrd", "cmdline", "boot"}) remove_all(os, name);
  os.append_child("boot").append_attribute("dev") = medium.boot;
  pugi::xml_node devices = domain.child("devices");
  const auto missing = [&](const char* fix) {
    return Error(Exit::usage, "cannot boot " + title + " from " + std::string(medium.mode),
                 std::string("it has no ") + medium.name + (medium.device == nullptr ? "" : " with a medium"),
                 fix);
  };
  if (medium.device == nullptr) {
    if (!devices.child("interface")) throw missing("add an interface that libvirt knows (virsh edit)");
    return;
  }
  if (boot.path.empty()) {
    if (!first_disk(devices, medium.device, true))
      throw missing("name the medium: --boot MODE:/PATH, or BOOTMODE:MODE%/PATH");
    return;
  }
  pugi::xml_node disk = first_disk(devices, medium.device, false);
  insert_medium(disk ? disk : add_disk(domain, medium), medium, boot.path);
}

void boot_kernel(pugi::xml_node domain, const Boot& boot, const std::string& title) {
  pugi::xml_node os = domain.child("os");
  remove_all(os, "boot");
  if (!boot.path.empty()) set_text(os, "kernel", boot.path);
  if (!boot.initrd.empty()) set_text(os, "initrd", boot.initrd);
  if (!boot.append.empty()) set_text(os, "cmdline", boot.append);
  if (!os.child("kernel"))
    throw Error(Exit::usage, "cannot boot " + title + " from KERNEL",
                "no kernel is configured and none was named", "name it: BOOTMODE:KERNEL%/PATH");
}

}  // namespace

Boot parse_boot(const Request& request) {
  const auto text = [&](std::string_view key) { return std::string(request.option(key).value_or("")); };
  Boot boot{text("BOOTMODE"), text("BOOTPATH"), text("INITRD"), text("APPEND")};
  if (boot.mode.empty() && !(boot.path + boot.initrd + boot.append).empty())
    throw Error(Exit::usage, "cannot choose what to boot", "a medium was named without a BOOTMODE",
                "add BOOTMODE: HDD, CD, PXE, FDD or KERNEL");
  if (!boot.mode.empty() && boot.mode != "KERNEL" && medium_of(boot.mode) == nullptr)
    throw Error(Exit::usage, "unknown BOOTMODE '" + boot.mode + "'", {},
                "choose one of HDD, CD, PXE, FDD, KERNEL");
  if (boot.mode != "KERNEL" && !(boot.initrd + boot.append).empty())
    throw Error(Exit::usage, "cannot boot from " + boot.mode + " with an initrd or a kernel command line", {},
                "use BOOTMODE KERNEL");
  if (boot.mode == "PXE" && !boot.path.empty())
    throw Error(Exit::usage, "cannot boot from PXE with the file " + boot.path,
                "the network's server names the file");
  for (const std::string& path : {boot.path, boot.initrd})
    if (!path.empty() && path.front() != '/')
      throw Error(Exit::usage, "cannot boot from " + path, "the hypervisor needs an absolute path");
  return boot;
}

std::string with_boot(std::string_view xml, const Boot& boot, const std::string& title) {
  pugi::xml_document document;
  load_xml(document, xml);
  pugi::xml_node domain = document.child("domain");
  forget_order(domain);
  if (const Medium* medium = medium_of(boot.mode); medium != nullptr)
    boot_from(domain, *medium, boot, title);
  else
    boot_kernel(domain, boot, title);
  std::ostringstream out;  // the only way out of pugixml that needs no class of ours
  document.save(out, "  ", pugi::format_indent | pugi::format_no_declaration);
  return out.str();
}

}  // namespace ctys::libvirt
