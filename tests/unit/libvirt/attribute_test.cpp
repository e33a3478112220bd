// Attributes of domains and of machine files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/conf.hpp"
#include "libvirt/conf_edit.hpp"
#include "libvirt/connection.hpp"
#include "libvirt/ctys_file.hpp"
#include "libvirt/key_value.hpp"
#include "libvirt/keys.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using captured::Asked;
using captured::Pairs;
using ctys::Field;
using namespace ctys::libvirt;

namespace {

const std::string kLab = "test://" TEST_DATA "/unit/libvirt/data/lab.xml";
const Pairs kWeb = {{"UUID", "aaaaaaaa-0000-4000-8000-000000000001"}, {"NAME", "web01"}, {"LABEL", "www"}};

ctys_call attribute(const Pairs& address, const Pairs& options, const std::string& uri = kLab) {
  const Asked asked(uri, address, options);
  return captured::run(
      asked, [](const auto& request, auto& call) { ctys::libvirt::attribute(kTest, request, call); });
}

ctys::Exit code_of(const Pairs& address, const Pairs& options) {
  try {
    attribute(address, options);
  } catch (const ctys::Error& error) {
    return error.code;
  }
  return ctys::Exit::ok;
}

struct MachineFile {
  std::string path;
  explicit MachineFile(const std::string& content) {
    path = (std::filesystem::temp_directory_path() / "ctys-attribute-XXXXXX").string();
    const int fd = ::mkstemp(path.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), 0640);
  }
  ~MachineFile() { ::unlink(path.c_str()); }
  MachineFile(const MachineFile&) = delete;
  MachineFile& operator=(const MachineFile&) = delete;
  [[nodiscard]] std::string content() const {
    std::stringstream all;
    all << std::ifstream(path, std::ios::binary).rdbuf();
    return all.str();
  }
};

}  // namespace

TEST_CASE("the attributes of a domain are listed in their order, and one of them alone") {
  auto told = attribute(kWeb, {{"OP", "LIST"}});
  REQUIRE(told.rows.size() == 5);
  CHECK(told.rows[0][Field::key] == "LABEL");
  CHECK(told.rows[0][Field::value] == "www");
  CHECK(told.rows[0][Field::topic] == "www");
  told = attribute(kWeb, {{"OP", "GET"}, {"KEY", "dist"}});
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0][Field::value] == "debian");
}

TEST_CASE("wrong wishes are refused before anything is written") {
  CHECK(code_of(kWeb, {{"OP", "GET"}, {"KEY", "SERNO"}}) == ctys::Exit::nothing);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "LABLE"}, {"VALUE", "x"}}) == ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "a;b"}}) == ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "a\x1b[2J"}}) == ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", std::string(10000, 'a')}}) ==
        ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "UUID"}, {"VALUE", "x"}}) == ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "ID"}, {"VALUE", "../../etc"}}) == ctys::Exit::usage);
  CHECK(code_of(kWeb, {{"OP", "SET"}, {"KEY", "VRAM"}, {"VALUE", "512"}}) == ctys::Exit::refused);
  CHECK(code_of(kWeb, {{"OP", "SET"}}) == ctys::Exit::usage);
  CHECK(code_of({{"UUID", "aaaaaaaa-0000-4000-8000-000000000001"}, {"NAME", "db01"}}, {{"OP", "LIST"}}) ==
        ctys::Exit::refused);
  CHECK(code_of({{"UUID", "aaaaaaaa-0000-4000-8000-00000000ffff"}, {"NAME", "x"}}, {{"OP", "LIST"}}) ==
        ctys::Exit::failed);
  CHECK(code_of({}, {{"OP", "LIST"}}) == ctys::Exit::usage);
}

TEST_CASE("setting and deleting an attribute says whether anything changed") {
  auto told = attribute(kWeb, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "<neu> & 'gut'"}});
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0][Field::result] == "done");
  told = attribute(kWeb, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "www"}});
  CHECK(told.rows.at(0)[Field::result] == "already");
  told = attribute(kWeb, {{"OP", "DELETE"}, {"KEY", "LABEL"}});
  CHECK(told.rows.at(0)[Field::result] == "done");
  told = attribute(kWeb, {{"OP", "DELETE"}, {"KEY", "SERNO"}});
  CHECK(told.rows.at(0)[Field::result] == "already");
}

TEST_CASE("a machine that was named anew answers by its new name") {
  const auto label_after = [](const Pairs& address, const Pairs& options) {
    auto told = attribute(address, options);
    CHECK(told.rows.at(0)[Field::topic] == told.rows.at(0)[Field::label]);
    return told.rows.at(0)[Field::label];
  };
  const Pairs set{{"OP", "SET"}, {"KEY", "label"}, {"VALUE", "shop"}};
  const Pairs erase{{"OP", "DELETE"}, {"KEY", "LABEL"}};
  CHECK(label_after(kWeb, {{"OP", "PLAN"}, {"OF", "SET"}, {"KEY", "LABEL"}, {"VALUE", "shop"}}) == "www");
  CHECK(label_after(kWeb, set) == "shop");
  CHECK(label_after(kWeb, erase) == "web01");
  const MachineFile file("#@#MAGICID-QEMU\n#@#LABEL = web\n");
  const auto stem = std::filesystem::path(file.path).stem().string();
  const Pairs path{{"ID", file.path}, {"LABEL", stem}};
  CHECK(label_after(path, {{"OP", "GET"}, {"KEY", "LABEL"}}) == "web");
  CHECK(label_after(path, {{"OP", "SET"}, {"KEY", "OS"}, {"VALUE", "BSD"}}) == "web");
  CHECK(label_after(path, set) == "shop");
  CHECK(label_after(path, erase) == stem);
}

TEST_CASE("a plan says what a change would do, refuses what it would refuse, and changes nothing") {
  const auto plan = [](const char* of, const char* key, const char* value) {
    return Pairs{{"OP", "PLAN"}, {"OF", of}, {"KEY", key}, {"VALUE", value}};
  };
  for (int twice = 0; twice < 2; ++twice) {
    auto told = attribute(kWeb, plan("SET", "SERNO", "007"));
    CHECK(told.rows.at(0)[Field::result] == "planned");
    CHECK(told.rows.at(0)[Field::detail] == "set SERNO to '007'");
  }
  CHECK(attribute(kWeb, plan("DELETE", "SERNO", "")).rows.at(0)[Field::detail] ==
        "nothing: SERNO was not set");
  CHECK(code_of(kWeb, plan("SET", "VRAM", "512")) == ctys::Exit::refused);
  CHECK(code_of(kWeb, plan("SET", "VRAM", "much")) == ctys::Exit::usage);
  CHECK(code_of(kWeb, plan("LIST", "SERNO", "")) == ctys::Exit::usage);
  const MachineFile file("#@#LABEL = old\n");
  const Pairs address{{"ID", file.path}};
  CHECK(attribute(address, plan("SET", "LABEL", "new")).rows.at(0)[Field::detail] == "set LABEL to 'new'");
  CHECK(attribute(address, plan("DELETE", "LABEL", "")).rows.at(0)[Field::detail] == "delete LABEL");
  CHECK(file.content() == "#@#LABEL = old\n");
}

TEST_CASE("a key of a machine file is changed in place, every other byte stays") {
  const std::string before =
      "#!/bin/bash\r\n  #@#LABEL =  'old'  # remark\n#@#LABEL=second\n\tMEMSIZE=512 \n#@#VERNO = 1\nlast "
      "line";
  CHECK(with_key(before, "LABEL", "new") ==
        "#!/bin/bash\r\n  #@#LABEL =  \"new\"  # remark\n#@#LABEL=second\n\tMEMSIZE=512 \n#@#VERNO = 1\nlast "
        "line");
  CHECK(with_key(before, "VERSION", "2") ==
        "#!/bin/bash\r\n  #@#LABEL =  'old'  # remark\n#@#LABEL=second\n\tMEMSIZE=512 \n#@#VERNO = "
        "\"2\"\nlast line");
  CHECK(with_key("#@#A=1\nB=2\n", "OS", "Linux") == "#@#A=1\n#@#OS = \"Linux\"\nB=2\n");
  CHECK(with_key("", "OS", "a\"b") == "#@#OS = 'a\"b'\n");
  CHECK(with_key("x", "OS", "y") == "x\n#@#OS = \"y\"\n");
  CHECK(without_key(before, "LABEL") == "#!/bin/bash\r\n\tMEMSIZE=512 \n#@#VERNO = 1\nlast line");
  CHECK_FALSE(without_key(before, "OS"));
  CHECK_THROWS_AS(with_key("", "OS", "a\"b'c"), ctys::Error);
  CHECK_THROWS_AS(with_key("", "OS", "a\nb"), ctys::Error);
}

TEST_CASE("every key that is read can be changed and deleted, whatever its line looks like") {
  for (const std::string text :
       {";#@#OS = \"x\"\nA=1\n", " ; ;\t#@#\tOS\t=x\n", "A=1;\n;;#@#os=x", "A=\"1\n#@#OS = 'x' # rest\n\"\n",
        "#@#OS=\r\n#@#DIST=x\r\n", "#@#OS=x\n;#@#OS=y\n#@#OS z=w\n", "#@#OS\r=\"x\"\r\r\n", "#@#OS==x"}) {
    INFO(text);
    REQUIRE(parse_keys(text).keys.has("OS"));
    CHECK(parse_keys(with_key(text, "OS", "new")).keys.get("OS") == "new");
    const auto rest = without_key(text, "OS");
    REQUIRE(rest);
    CHECK_FALSE(parse_keys(*rest).keys.has("OS"));
  }
  CHECK(without_key("A=1\n;#@#OS = \"x\"\nB=2\n", "OS") == "A=1\nB=2\n");
  CHECK(with_key(";#@#OS = \"x\" ;B=2\n", "OS", "y") == ";#@#OS = \"y\" ;B=2\n");
  CHECK_FALSE(parse_conf("A=1 #@#OS=x\n").keys.has("OS"));
  CHECK_FALSE(without_key("A=1 #@#OS=x\n", "OS"));
}

TEST_CASE("the attributes of a machine file are read and written where it lies") {
  const MachineFile file("#@#MAGICID-QEMU\n#@#LABEL = web\nMEMSIZE=5\n");
  const Pairs address = {{"ID", file.path}};
  auto told = attribute(address, {{"OP", "LIST"}}, "test:///default");
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0][Field::value] == "web");
  told = attribute(address, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "db"}}, "test:///default");
  CHECK(told.rows.at(0)[Field::result] == "done");
  CHECK(file.content() == "#@#MAGICID-QEMU\n#@#LABEL = \"db\"\nMEMSIZE=5\n");
  told = attribute(address, {{"OP", "DELETE"}, {"KEY", "LABEL"}}, "test:///default");
  CHECK(file.content() == "#@#MAGICID-QEMU\nMEMSIZE=5\n");
  struct stat status {};
  REQUIRE(::stat(file.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("several lines of the key that is set are told") {
  const MachineFile file("#@#MAGICID-QEMU\n#@#LABEL = web\n#@#OS = Linux\n#@#LABEL = old\n");
  const Pairs address = {{"ID", file.path}};
  auto told = attribute(address, {{"OP", "SET"}, {"KEY", "OS"}, {"VALUE", "BSD"}}, "test:///default");
  CHECK(told.log.empty());
  told = attribute(address, {{"OP", "SET"}, {"KEY", "LABEL"}, {"VALUE", "db"}}, "test:///default");
  CHECK(told.rows.at(0)[Field::result] == "done");
  REQUIRE(told.log.size() == 1);
  CHECK(told.log[0].find("2 lines of LABEL") != std::string::npos);
}

TEST_CASE("a key behind a semicolon is deleted without harm to its file") {
  const MachineFile file("MEMSIZE=5\n;#@#OS = \"x\"\nSMP=1\n");
  const auto told = attribute({{"ID", file.path}}, {{"OP", "DELETE"}, {"KEY", "OS"}}, "test:///default");
  CHECK(told.rows.size() == 1);
  CHECK(file.content() == "MEMSIZE=5\nSMP=1\n");
}

TEST_CASE("a machine that was enumerated from a file is that file until it is defined") {
  const MachineFile file("#@#MAGICID-QEMU\n#@#LABEL = web\n");
  const Pairs address = {
      {"UUID", uuid_of_path(file.path)}, {"NAME", "web"}, {"LABEL", "web"}, {"ID", file.path}};
  auto told = attribute(address, {{"OP", "SET"}, {"KEY", "OS"}, {"VALUE", "Linux"}});
  CHECK(told.rows.at(0)[Field::result] == "done");
  CHECK(file.content() == "#@#MAGICID-QEMU\n#@#LABEL = web\n#@#OS = \"Linux\"\n");
  // The UUID of a domain that exists goes before the file.
  told = attribute({{"UUID", "aaaaaaaa-0000-4000-8000-000000000001"}, {"ID", file.path}},
                   {{"OP", "GET"}, {"KEY", "DIST"}});
  CHECK(told.rows.at(0)[Field::value] == "debian");
}

TEST_CASE("a file that describes another machine by now is not changed") {
  const std::string before = "#@#MAGICID-QEMU\n#@#UUID = aaaaaaaa-0000-4000-8000-00000000eeee\n";
  const MachineFile file(before);
  const Pairs address = {{"UUID", "aaaaaaaa-0000-4000-8000-00000000ffff"}, {"ID", file.path}};
  for (const Pairs& options :
       {Pairs{{"OP", "SET"}, {"KEY", "OS"}, {"VALUE", "Linux"}}, Pairs{{"OP", "DELETE"}, {"KEY", "OS"}}})
    CHECK(code_of(address, options) == ctys::Exit::refused);
  CHECK(file.content() == before);
}

TEST_CASE("a value that its key cannot have is refused before anything is written") {
  const Pairs address = {{"NAME", "test"}};
  const auto refused = [&](const char* key, const std::string& value) {
    INFO(key << " = " << value);
    try {
      attribute(address, {{"OP", "SET"}, {"KEY", key}, {"VALUE", value}}, "test:///default");
    } catch (const ctys::Error& error) {
      return error.code == ctys::Exit::usage && error.summary == "cannot set " + known_key(key);
    }
    return false;
  };
  const Pairs bad = {{"SSHPORT", "0"},          {"SSHPORT", "65536"},    {"SSHPORT", "ssh"},
                     {"VNCPORT", "-1"},         {"VNCDISPLAY", "60000"}, {"IP", "192.0.2.300"},
                     {"IP3", "1.2.3.4%255.x!"}, {"TCP", "fe80::g"},      {"IP0", "192.0.2.1%%%%99999"},
                     {"GATEWAY", "1.2.3"},      {"MAC", "52:54:00"},     {"MAC12", "no"},
                     {"VRAM", "much"},          {"VCPU", "0"},           {"DEFAULTCONSOLE", "telnet"},
                     {"CATEGORY", "cat"},       {"LABEL", ""},           {"LABEL", std::string(256, 'x')},
                     {"STACKLEVEL", "top"}};
  for (const auto& [key, value] : bad) CHECK(refused(key.c_str(), value));
  const Pairs good = {{"SSHPORT", "22"},
                      {"VNCDISPLAY", "0"},
                      {"IP", "192.0.2.3%255.255.255.0%br0%eth0%22%gw01"},
                      {"TCP", "web01.lan"},
                      {"IP1", "2001:db8::1,192.0.2.1%24"},
                      {"MAC", "52-54-00-AA-00-01"},
                      {"VRAM", "512/4096"},
                      {"VCPU", "2"},
                      {"DEFAULTCONSOLE", "cli"},
                      {"CATEGORY", "VMs"},
                      {"VMSTATE", "MINE"},
                      {"LABEL", "web 01"},
                      {"GATEWAY", ""}};
  for (const auto& [key, value] : good) {
    INFO(key << " = " << value);
    CHECK(value_problem(stored_key(key), value).empty());
  }
}

TEST_CASE("deleting says whether the key was there") {
  const MachineFile file("#@#MAGICID-QEMU\n#@#OS = x\n");
  const auto detail = [&] {
    return attribute({{"ID", file.path}}, {{"OP", "DELETE"}, {"KEY", "OS"}}, "test:///default")
        .rows.at(0)[Field::detail];
  };
  CHECK(detail() == "OS was deleted");
  CHECK(detail() == "OS was not set");
}

TEST_CASE("no change is lost when many are made at once") {
  const MachineFile file("#@#MAGICID-QEMU\n");
  const auto connection = Connection::open("test:///default", Access::write);
  const std::vector<std::string> keys = {"OS",    "OSREL", "DIST",  "DISTREL",
                                         "SERNO", "CSTRG", "USTRG", "NETNAME"};
  for (const Pairs& address : {Pairs{{"ID", file.path}}, Pairs{{"NAME", "test"}}}) {
    std::atomic<int> failed = 0;
    std::vector<std::thread> writers;
    for (const std::string& key : keys)
      writers.emplace_back([&, key] {
        try {
          for (const char* value : {"1", "2", "3"})
            attribute(address, {{"OP", "SET"}, {"KEY", key}, {"VALUE", value}}, "test:///default");
        } catch (const ctys::Error&) {
          ++failed;
        }
      });
    for (auto& writer : writers) writer.join();
    CHECK(failed == 0);
    for (const std::string& key : keys) {
      INFO(address[0].first << " " << key);
      const auto told = attribute(address, {{"OP", "GET"}, {"KEY", key}}, "test:///default");
      CHECK(told.rows.at(0).at(Field::value) == "3");
    }
  }
}

TEST_CASE("show reports what running machines use") {
  const Asked asked(kLab, {}, {});
  auto told = captured::run(
      asked, [](const auto& request, auto& call) { ctys::libvirt::show(kTest, request, call); });
  std::map<std::string, std::string> web;
  for (auto& row : told.rows)
    if (row[Field::topic] == "www") web[row[Field::key]] = row[Field::value];
  CHECK(web["state"] == "running");
  CHECK(web.count("cpu time") == 1);
  CHECK(web["memory"] == "512 MiB");
}
