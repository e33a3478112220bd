// Domain XML as data.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/domain.hpp"

#include <ctys/error.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace ctys::libvirt;

namespace {

std::string sample(const std::string& name) {
  std::ifstream in(std::string(TEST_DATA "/unit/libvirt/data/") + name);
  REQUIRE(in);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

}  // namespace

TEST_CASE("a running QEMU domain is read with its devices") {
  const Domain domain = parse_domain(sample("running.xml"));
  CHECK(domain.name == "vm1");
  CHECK(domain.uuid == "11111111-2222-3333-4444-000000000001");
  CHECK(domain.type == "qemu");
  CHECK(domain.id == 3);
  CHECK(domain.memory_mb == 192);
  CHECK(domain.vcpus == 1);
  CHECK(domain.arch == "x86_64");
  CHECK(domain.machine == "pc-i440fx-7.2");
  CHECK(domain.emulator == "/usr/bin/qemu-system-x86_64");
  CHECK(domain.label() == "vm1");
  REQUIRE(domain.disks.size() == 2);
  CHECK(domain.disks[0].source == "/var/lib/libvirt/images/vm1.qcow2");
  CHECK(domain.disks[0].format == "qcow2");
  CHECK(domain.disks[1].device == "cdrom");
  CHECK(domain.disks[1].source.empty());
  REQUIRE(domain.vnc() != nullptr);
  CHECK(domain.vnc()->port == 5903);
  CHECK(domain.vnc()->listen == "127.0.0.1");
  REQUIRE(domain.serials.size() == 1);
  CHECK(domain.serials[0].alias == "serial0");
  CHECK(domain.serials[0].path == "/dev/pts/4");
  CHECK(domain.agent == Agent::connected);
}

TEST_CASE("what libvirt does with a domain that has crashed is known") {
  const auto restarts = [](const std::string& action) {
    return parse_domain("<domain><name>vm1</name>" + action + "</domain>").restarts_after_crash;
  };
  CHECK(restarts("<on_crash>restart</on_crash>"));
  CHECK(restarts("<on_crash>coredump-restart</on_crash>"));
  for (const auto* other : {"", "<on_crash>destroy</on_crash>", "<on_crash>coredump-destroy</on_crash>",
                            "<on_crash>preserve</on_crash>", "<on_reboot>restart</on_reboot>"})
    CHECK_FALSE(restarts(other));
}

TEST_CASE("interfaces hidden in the QEMU command line are found, with their forwarded ports") {
  const Domain domain = parse_domain(sample("running.xml"));
  REQUIRE(domain.interfaces.size() == 2);
  CHECK(domain.interfaces[0].type == "network");
  CHECK(domain.interfaces[0].source == "default");
  CHECK(domain.interfaces[0].target == "vnet7");
  CHECK_FALSE(domain.interfaces[0].hidden);
  CHECK(domain.interfaces[1].mac == "52:54:00:00:00:01");
  CHECK(domain.interfaces[1].hidden);
  REQUIRE(domain.forwards.size() == 1);
  CHECK(domain.forwards[0].address == "127.0.0.1");
  CHECK(domain.forwards[0].port == 2301);
  CHECK(domain.forwards[0].guest_port == 22);
}

TEST_CASE("the attributes of ctys are found by their namespace, whatever its prefix is") {
  const std::string head = "<domain><name>a</name><metadata>";
  const std::string tail = "</metadata></domain>";
  CHECK(parse_domain(
            head + "<x:machine xmlns:x='urn:ctys:machine:1'><attribute name='LABEL' value='l'/></x:machine>" +
            tail)
            .label() == "l");
  CHECK(parse_domain(
            head + "<machine xmlns='urn:ctys:machine:1'><attribute name='LABEL' value='l'/></machine>" + tail)
            .label() == "l");
  CHECK(parse_domain(head + "<machine xmlns='urn:other'><attribute name='LABEL' value='l'/></machine>" + tail)
            .label() == "a");
  CHECK(parse_domain(head + "<machine><attribute name='LABEL' value='l'/></machine>" + tail).label() == "a");
}

TEST_CASE("attributes survive being written as XML, whatever they hold") {
  Attributes attributes;
  attributes.set("LABEL", "a<b>&\"'c");
  attributes.set("USTRG", "two  blanks, \xc3\xa4\xc3\xb6");
  attributes.set("LABEL", "d<e>&\"'f");
  const Attributes again = parse_metadata(metadata_xml(attributes));
  CHECK(again.pairs == attributes.pairs);
  CHECK(again.get("LABEL") == "d<e>&\"'f");
  CHECK(attributes.erase("LABEL"));
  CHECK_FALSE(attributes.erase("LABEL"));
}

TEST_CASE("memory is read in every unit of libvirt") {
  const auto memory = [](const std::string& element) {
    return parse_domain("<domain>" + element + "</domain>").memory_mb;
  };
  CHECK(memory("<memory>524288</memory>") == 512);
  CHECK(memory("<memory unit='GiB'>2</memory>") == 2048);
  CHECK(memory("<memory unit='M'>64</memory>") == 64);
  CHECK(memory("<memory unit='bytes'>1048576</memory>") == 1);
  CHECK(memory("<memory unit='MB'>1049</memory>") == 1000);
  CHECK(memory("<memory unit='E'>99999999999999</memory>") == 0);
  CHECK(memory("<memory>-3</memory>") == 0);
}

TEST_CASE("text that is no domain is refused with the place of the fault") {
  const auto why = [](const std::string& text) {
    try {
      static_cast<void>(parse_domain(text));
    } catch (const ctys::Error& error) {
      CHECK(error.code == ctys::Exit::usage);
      return error.summary;
    }
    return std::string("accepted");
  };
  CHECK(why("<domain>\n  <name>a</nam>\n</domain>").find("line 2, column ") != std::string::npos);
  CHECK(why("").find("broken XML at line 1") != std::string::npos);
  CHECK(why("<network/>") == "this XML is not a libvirt domain");
  CHECK(why(std::string("\0\x01\xff", 3)).find("broken XML") != std::string::npos);
}

TEST_CASE("XML that is nested too deep is refused with its place, whatever would be done with it") {
  const auto nested = [](std::size_t levels) {
    std::string text = "<domain>\n<uuid>";
    for (std::size_t n = 0; n < levels; ++n) text += "<a>";
    for (std::size_t n = 0; n < levels; ++n) text += "</a>";
    return text + "</uuid><name>deep</name></domain>";
  };
  CHECK(parse_domain(nested(200)).name == "deep");
  for (const std::size_t levels : {255U, 400000U}) {
    try {
      static_cast<void>(parse_domain(nested(levels)));
      FAIL("accepted");
    } catch (const ctys::Error& error) {
      CHECK(error.code == ctys::Exit::usage);
      CHECK(error.summary == "broken XML at line 2, column 770");
    }
  }
}
