// BOOTMODE: one start from another medium.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/create_boot.hpp"
#include "libvirt/domain.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

using ctys::Exit;
using ctys::libvirt::Boot;
using ctys::libvirt::parse_boot;
using ctys::libvirt::parse_domain;
using ctys::libvirt::with_boot;

namespace {

constexpr const char* kMachine =
    R"(<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web01</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><memory>1024</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type>
    <kernel>/k</kernel><initrd>/i</initrd><cmdline>quiet</cmdline><boot dev='hd'/></os>
  <devices>
    <disk type='block' device='disk'><driver name='qemu' type='qcow2'/><source dev='/dev/vg/web01'/><target dev='hda' bus='ide'/><boot order='1'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
    <interface type='user'><boot order='2'/></interface>
  </devices>
  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>
</domain>)";

Boot asked(captured::Pairs options) {
  const captured::Asked request("", {}, std::move(options));
  return parse_boot(request.request());
}

Exit code_of(captured::Pairs options) {
  try {
    asked(std::move(options));
  } catch (const ctys::Error& error) {
    return error.code;
  }
  return Exit::ok;
}

bool has(const std::string& xml, const std::string& part) {
  return xml.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("booting from a medium forgets kernel and order and keeps everything else") {
  const auto xml = with_boot(kMachine, {"HDD", "", "", ""}, "web01");
  CHECK(!has(xml, "<kernel>"));
  CHECK(!has(xml, "<initrd>"));
  CHECK(!has(xml, "<cmdline>"));
  CHECK(!has(xml, "order="));
  CHECK(has(xml, "<boot dev=\"hd\""));
  CHECK(has(xml, "<qemu:arg value=\"-s\""));
  const auto domain = parse_domain(xml);
  CHECK(domain.uuid == "6695eb01-f6a4-8304-79aa-97f2502e193f");
  CHECK(domain.disks.at(0).source == "/dev/vg/web01");
}

TEST_CASE("a named medium takes the place of the first drive of its kind") {
  const auto cd = parse_domain(with_boot(kMachine, {"CD", "/iso/d12.iso", "", ""}, "web01"));
  REQUIRE(cd.disks.size() == 2);
  CHECK(cd.disks[1].source == "/iso/d12.iso");
  CHECK(cd.disks[1].format == "raw");
  CHECK(cd.disks[0].source == "/dev/vg/web01");
  const auto hdd = parse_domain(with_boot(kMachine, {"HDD", "/img/b.qcow2", "", ""}, "web01"));
  CHECK(hdd.disks.at(0).source == "/img/b.qcow2");
  CHECK(hdd.disks.at(0).format == "qcow2");
  CHECK(has(with_boot(kMachine, {"HDD", "/img/b.img", "", ""}, "web01"), "type=\"raw\""));
}

TEST_CASE("a drive that is missing is added where there is room") {
  const auto floppy = parse_domain(with_boot(kMachine, {"FDD", "/img/f.img", "", ""}, "web01"));
  REQUIRE(floppy.disks.size() == 3);
  CHECK(floppy.disks[2].device == "floppy");
  CHECK(floppy.disks[2].target == "fda");
}

TEST_CASE("a machine without a medium of the kind is not started from it") {
  for (const char* mode : {"CD", "FDD"}) {
    INFO(mode);
    CHECK_THROWS_AS(with_boot(kMachine, {mode, "", "", ""}, "web01"), ctys::Error);
  }
  CHECK_THROWS_AS(with_boot("<domain><name>a</name><os/><devices/></domain>", {"PXE", "", "", ""}, "a"),
                  ctys::Error);
  CHECK_THROWS_AS(with_boot("<domain><name>a</name><os/><devices/></domain>", {"KERNEL", "", "", "x"}, "a"),
                  ctys::Error);
}

TEST_CASE("a kernel boot replaces the parts that are named") {
  const auto xml = with_boot(kMachine, {"KERNEL", "/boot/vmlinuz", "", "root=/dev/vda <&>"}, "web01");
  CHECK(has(xml, "<kernel>/boot/vmlinuz</kernel>"));
  CHECK(has(xml, "<initrd>/i</initrd>"));
  CHECK(has(xml, "<cmdline>root=/dev/vda &lt;&amp;&gt;</cmdline>"));
  CHECK(!has(xml, "<boot "));
}

TEST_CASE("boot options that make no sense are wrong usage") {
  CHECK(code_of({{"BOOTMODE", "TAPE"}}) == Exit::usage);
  CHECK(code_of({{"BOOTPATH", "/a"}}) == Exit::usage);
  CHECK(code_of({{"BOOTMODE", "CD"}, {"BOOTPATH", "relative.iso"}}) == Exit::usage);
  CHECK(code_of({{"BOOTMODE", "CD"}, {"INITRD", "/i"}}) == Exit::usage);
  CHECK(code_of({{"BOOTMODE", "PXE"}, {"BOOTPATH", "/a"}}) == Exit::usage);
  CHECK(asked({{"BOOTMODE", "KERNEL"}, {"BOOTPATH", "/k"}, {"APPEND", "a b"}}).append == "a b");
  CHECK(asked({}).mode.empty());
}
