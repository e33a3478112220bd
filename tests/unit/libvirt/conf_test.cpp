// Machine files as data.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/conf.hpp"

#include <ctys/error.hpp>

#include <catch2/catch.hpp>

using namespace ctys::libvirt;

namespace {

std::string fault(const std::string& text) {
  try {
    static_cast<void>(parse_conf(text));
  } catch (const ctys::Error& error) {
    CHECK(error.code == ctys::Exit::usage);
    CHECK_FALSE(error.why.empty());
    return error.summary;
  }
  return "accepted";
}

std::string value(const std::string& text, const std::string& name) {
  return parse_conf(text).variables.get(name);
}

}  // namespace

TEST_CASE("keys are read with and without quotes and blanks, the first one wins") {
  const Conf conf = parse_conf(
      "  #@#LABEL = \"web01\"   # remark\n"
      "#@#OS='Linux'\n"
      "#@#DIST=debian\r\n"
      "#@# DISTREL = 12 \n"
      "#@#LABEL = other\n"
      "# #@#SERNO = 4\n"
      "#@#EMPTY =\n"
      "#@#no key here\n");
  CHECK(conf.keys.get("LABEL") == "web01");
  CHECK(conf.keys.get("OS") == "Linux");
  CHECK(conf.keys.get("DIST") == "debian");
  CHECK(conf.keys.get("DISTREL") == "12");
  CHECK_FALSE(conf.keys.has("SERNO"));
  CHECK(conf.keys.pairs.size() == 5);
}

TEST_CASE("markers are found and decide whose file it is") {
  CHECK(qemu_score(parse_conf("#@#MAGICID-QEMU\n")) == 99);
  CHECK(qemu_score(parse_conf("#@#MAGICID-XEN\nMAC0=a\nARCH=b\nCPU=c\nSMP=1\nMEMSIZE=1\n")) == 0);
  CHECK(qemu_score(parse_conf("#@#MAGICID-QEMU\n#@#MAGICID-IGNORE\n")) == 0);
  CHECK(qemu_score(parse_conf("#@#SESSIONTYPE=qemu\n")) == 5);
  CHECK(qemu_score(parse_conf("MAC0=a\nARCH=b\nCPU=c\nSMP=1\nMEMSIZE=1\n")) == 5);
  CHECK(qemu_score(parse_conf("MAC0=a\nARCH=b\nCPU=c\nSMP=1\n")) == 4);
  CHECK(qemu_score(parse_conf("")) == 0);
}

TEST_CASE("assignments are resolved from earlier ones, nothing else is known") {
  const std::string text =
      "BASE=/vm;\n"
      "export LABEL=web01  # remark\n"
      "HDA=\"${BASE}/$LABEL/hda.img\"\n"
      "MEMSIZE=${MEMSIZE:-768}\n"
      "SMP=${BASE:-9}\n"
      "APPEND='root=$x y'\n"
      "CPU=${A:-${B:-\"qemu 64\"}} NIC=a\\ b\n"
      "LONG=ab\\\ncd\n";
  CHECK(value(text, "BASE") == "/vm");
  CHECK(value(text, "LABEL") == "web01");
  CHECK(value(text, "HDA") == "/vm/web01/hda.img");
  CHECK(value(text, "MEMSIZE") == "768");
  CHECK(value(text, "SMP") == "/vm");
  CHECK(value(text, "APPEND") == "root=$x y");
  CHECK(value(text, "CPU") == "qemu 64");
  CHECK(value(text, "NIC") == "a b");
  CHECK(value(text, "LONG") == "abcd");
}

TEST_CASE("everything else of the shell is an error with its place") {
  CHECK(fault("A=1\nB=$(reboot)\n") == "broken machine file at line 2, column 4");
  CHECK(fault("A=`reboot`\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=\"x`reboot`\"\n") == "broken machine file at line 1, column 5");
  CHECK(fault("A=\"$(reboot)\"\n") == "broken machine file at line 1, column 5");
  CHECK(fault("\n  if true; then\n") == "broken machine file at line 2, column 3");
  CHECK(fault("rm -rf /\n") == "broken machine file at line 1, column 1");
  CHECK(fault("A=1 rm x\n") == "broken machine file at line 1, column 5");
  CHECK(fault("A=$B\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=${B%x}\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=${}\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=$\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=1>/etc/passwd\n") == "broken machine file at line 1, column 4");
  CHECK(fault("A='x\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=\"x\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=~/x\n") == "broken machine file at line 1, column 3");
  CHECK(fault("A=x\\") == "broken machine file at line 1, column 5");
  CHECK(fault("A+=1\n") == "broken machine file at line 1, column 1");
  CHECK(fault("#@#LABEL=\"x\n") == "broken machine file at line 1, column 10");
  CHECK(fault(std::string("A=1\nB=\0\n", 8)) == "broken machine file at line 2, column 3");
  CHECK(fault("A=\x1b[31m\n") == "broken machine file at line 1, column 3");
}

TEST_CASE("references cannot make a value grow without bound") {
  std::string text = "A=0123456789012345678901234567890123456789\n";
  for (int doubling = 0; doubling < 40; ++doubling) text += "A=$A$A\n";
  CHECK(fault(text).starts_with("broken machine file at line "));
  std::string deep = "A=";
  for (int level = 0; level < 5000; ++level) deep += "${B:-";
  CHECK(fault(deep).starts_with("broken machine file at line 1"));
}

TEST_CASE("only keys are read from files of other kinds") {
  CHECK(parse_keys("name = 'x'; if (rm)\n#@#LABEL=a\n`x`").keys.get("LABEL") == "a");
}

TEST_CASE("short lines that refer to a long value cannot fill the memory") {
  std::string text = "A=" + std::string(60000, 'x') + "\nS=y\n";
  std::string used = text;
  for (int n = 0; n < 4000; ++n) used += "v" + std::to_string(n) + "=$A\n";
  CHECK(fault(used) == "broken machine file at line 72, column 5");
  std::string unused = text;
  for (int n = 0; n < 4000; ++n) unused += "v=${S:-$A}\n";  // evaluated, and thrown away
  CHECK(fault(unused) == "broken machine file at line 72, column 8");
  std::string names;
  for (int n = 0; n < 5000; ++n) names += "v" + std::to_string(n) + "=1\n";
  CHECK(fault(names) == "broken machine file at line 4097, column 1");
  std::string keys;
  for (int n = 0; n < 5000; ++n) keys += "#@#K" + std::to_string(n) + "=1\n";
  CHECK(fault(keys) == "broken machine file at line 4097, column 10");
}
