// Machine files become libvirt domains.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/ctys_file.hpp"

#include "libvirt/connection.hpp"
#include "libvirt/kvm.hpp"

#include <ctys/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ctys::libvirt;

namespace {

const std::string kVms = TEST_DATA "/unit/libvirt/data/vms/";
const HostFacts kPlainHost{false, "x86_64", {"br7"}};

Domain from_text(const std::string& text, const HostFacts& host = kPlainHost, const Driver& driver = kQemu) {
  return parse_domain(domain_xml(parse_conf(text), "/vm/a/a.ctys", driver, host));
}

ctys::Error fault_of(const std::string& path) {
  try {
    static_cast<void>(domain_xml_from_file(path, kQemu, kPlainHost));
  } catch (const ctys::Error& error) {
    return error;
  }
  return {ctys::Exit::ok, "accepted"};
}

}  // namespace

TEST_CASE("a classic machine file becomes a domain with its devices and all its keys") {
  const std::string xml = domain_xml_from_file(kVms + "web02/web02.ctys", kQemu, kPlainHost);
  const Domain domain = parse_domain(xml);
  CHECK(domain.name == "web02");
  CHECK(domain.uuid == "01234567-89ab-cdef-0123-456789abcdef");
  CHECK(domain.type == "qemu");
  CHECK(domain.memory_mb == 384);
  CHECK(domain.vcpus == 2);
  CHECK(domain.arch == "x86_64");
  REQUIRE(domain.disks.size() == 2);
  CHECK(domain.disks[0].source == "/vmpool/web02/hda.img");
  CHECK(domain.disks[0].format == "raw");
  CHECK(domain.disks[0].target == "hda");
  CHECK(domain.disks[1].source == kVms + "web02/data.qcow2");
  CHECK(domain.disks[1].format == "qcow2");
  REQUIRE(domain.interfaces.size() == 1);
  CHECK(domain.interfaces[0].mac == "00:50:56:13:11:40");
  CHECK(domain.interfaces[0].type == "network");
  CHECK(domain.interfaces[0].source == "lan0");
  REQUIRE(domain.vnc() != nullptr);
  CHECK(domain.vnc()->listen == "127.0.0.1");
  CHECK(domain.serials.size() == 1);
  CHECK(domain.agent == Agent::configured);
  CHECK(domain.label() == "web02");
  CHECK(domain.attributes.get("USTRG") == "<b>&'quoted'");
  CHECK(domain.attributes.get("VERSION") == "01.01.001");
  CHECK(domain.attributes.get("INST_ACCELERATOR") == "KVM");
  CHECK(domain.attributes.get("ID") == kVms + "web02/web02.ctys");
  CHECK(xml.find("<cpu mode=\"maximum\"") != std::string::npos);
  CHECK(xml.find("virtio-rng-pci") != std::string::npos);
}

TEST_CASE("KVM is chosen only where it was seen to work, and for the host's own architecture") {
  CHECK(from_text("ARCH=x86_64\n", {true, "x86_64", {}}).type == "kvm");
  CHECK(from_text("ARCH=i386\n", {true, "x86_64", {}}).type == "kvm");
  CHECK(from_text("ARCH=i386\n", {true, "x86_64", {}}).arch == "i686");
  CHECK(from_text("ARCH=arm64\n", {true, "x86_64", {}}).type == "qemu");
  CHECK(from_text("ACCELERATOR=QEMU\n", {true, "x86_64", {}}).type == "qemu");
  CHECK(from_text("ARCH=x86_64\n").type == "qemu");
}

TEST_CASE("the relay decides between bridge, network and user mode") {
  const auto interface = [](const std::string& ip) {
    return from_text("#@#IP0=" + ip + "\n").interfaces.at(0);
  };
  CHECK(interface("192.0.2.1%%br7").type == "bridge");
  CHECK(interface("192.0.2.1%%lan").type == "network");
  CHECK(interface("192.0.2.1").type == "user");
  CHECK(from_text("NIC=none\n").interfaces.empty());
}

TEST_CASE("a guest that is reached on the loopback gets its port forwarded") {
  const Domain domain = from_text("#@#MAC0=52:54:00:00:00:07\n#@#IP0=127.0.0.1%%%%2301\nNIC=virtio\n");
  REQUIRE(domain.forwards.size() == 1);
  CHECK(domain.forwards[0].port == 2301);
  CHECK(domain.forwards[0].guest_port == 22);
  REQUIRE(domain.interfaces.size() == 1);
  CHECK(domain.interfaces[0].mac == "52:54:00:00:00:07");
}

TEST_CASE("the same file always has the same UUID, another one has another") {
  CHECK(uuid_of_path("/vm/a/a.ctys") == uuid_of_path("/vm/a/a.ctys"));
  CHECK(uuid_of_path("/vm/a/a.ctys") != uuid_of_path("/vm/b/a.ctys"));
  CHECK(from_text("SMP=1\n").uuid == uuid_of_path("/vm/a/a.ctys"));
  CHECK(uuid_of_path("").size() == 36);
}

TEST_CASE("values that no machine can have are refused by name") {
  for (const char* text : {"MEMSIZE=0\n", "MEMSIZE=12cats\n", "SMP=-1\n", "SMP=99999\n", "MAC0=zz\n",
                           "UUID=12\n", "#@#UUID=nothing\n", "MEMSIZE=99999999999999999999\n"}) {
    INFO(text);
    CHECK_THROWS_AS(from_text(text), ctys::Error);
  }
}

TEST_CASE("a libvirt file keeps its content, and learns its UUID and origin") {
  const Domain domain = parse_domain(domain_xml_from_file(kVms + "stored.xml", kQemu, kPlainHost));
  CHECK(domain.name == "stored");
  CHECK(domain.type == "kvm");
  CHECK(domain.uuid == uuid_of_path(kVms + "stored.xml"));
  CHECK(domain.attributes.get("ID") == kVms + "stored.xml");
  CHECK(domain.interfaces.size() == 1);
  CHECK_THROWS_AS(domain_xml_from_file(kVms + "stored.xml", kTest, kPlainHost), ctys::Error);
}

TEST_CASE("keys of the folder's own file are added where the machine's file lacks them") {
  const Domain domain = parse_domain(domain_xml_from_file(kVms + "multi/multi.ctys", kQemu, kPlainHost));
  CHECK(domain.attributes.get("DIST") == "fedora");
  CHECK(domain.interfaces.size() == 2);
}

TEST_CASE("a broken file is refused with its name and place") {
  CHECK(fault_of(kVms + "broken/broken.ctys").summary ==
        kVms + "broken/broken.ctys: broken machine file at line 4, column 1");
  CHECK(fault_of(kVms + "torn.xml").summary.starts_with(kVms + "torn.xml: broken XML at line 3, column "));
  CHECK(fault_of(kVms + "other.xml").code == ctys::Exit::usage);
  CHECK(fault_of(kVms + "missing.ctys").why == "No such file or directory");
  CHECK(fault_of("/").code == ctys::Exit::usage);
  CHECK(fault_of("/dev/zero").code == ctys::Exit::usage);
}

TEST_CASE("a classic file can be defined with libvirt's test driver") {
  const auto connection = Connection::open("test:///default", Access::write);
  const std::string xml = domain_xml_from_file(kVms + "web02/web02.ctys", kTest, kPlainHost);
  const DomainHandle domain(virDomainDefineXML(connection.get(), xml.c_str()));
  INFO(last_reason().text << "\n" << xml);
  REQUIRE(domain != nullptr);
  CHECK(parse_domain(xml_of(domain.get())).attributes.get("USTRG") == "<b>&'quoted'");
}

TEST_CASE("the processor's flag counts as a whole word only") {
  CHECK(virtualisation_flag("model\t: x\nflags\t\t: fpu vmx sse\n") == "vmx");
  CHECK(virtualisation_flag("model\t: x\nflags\t\t: fpu svm\n") == "svm");
  CHECK(virtualisation_flag("model\t: x\nflags\t\t: fpu svm_lock avmx\nbugs\t: vmx\n").empty());
  CHECK(virtualisation_flag("").empty());
}

TEST_CASE("what was found about KVM is always said") {
  const auto finding = find_kvm();
  CHECK_FALSE(finding.detail.empty());
}

TEST_CASE("a broken UUID is a fault of its file, and no other one is made up") {
  const std::string xml =
      "<domain type='qemu'><name>a</name><uuid>zzzz-1</uuid><os><type>hvm</type></os></domain>";
  CHECK_THROWS_WITH(domain_xml(xml, "/vm/a/a.xml", kQemu), Catch::Contains("bad value of <uuid>"));
  CHECK(parse_domain(domain_xml("<domain type='qemu'><name>a</name><uuid/><os><type>hvm</type></os></domain>",
                                "/vm/a/a.xml", kQemu))
            .uuid == uuid_of_path("/vm/a/a.xml"));
}
