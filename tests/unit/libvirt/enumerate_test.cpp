// ENUMERATE: domains and machine files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/scan.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using captured::Asked;
using ctys::Field;
namespace fs = std::filesystem;

namespace {

const std::string kLab = "test://" TEST_DATA "/unit/libvirt/data/lab.xml";
const std::string kVms = TEST_DATA "/unit/libvirt/data/vms";

ctys_call enumerate(const Asked& asked, const ctys::libvirt::Driver& driver = ctys::libvirt::kTest) {
  return captured::run(
      asked, [&](const auto& request, auto& call) { ctys::libvirt::enumerate(driver, request, call); });
}

// A folder that is gone again when the test is over.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "ctys-scan-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void file(const std::string& name, const std::string& content = "x") const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << content;
  }
};

std::vector<std::string> scanned(const Folder& folder, ctys::libvirt::ScanLimits limits = {}) {
  std::vector<std::string> names;
  ctys::libvirt::scan(
      {folder.path.string()}, limits,
      [&](const fs::path& path) { names.push_back(path.lexically_relative(folder.path)); },
      [](const fs::path&, const std::string&) {});
  return names;
}

// No libvirtd at all: only the files are left.
const char* const kNowhere = "qemu+unix:///system?socket=/nowhere/sock";

struct DefaultUri {
  explicit DefaultUri(const char* uri) { ::setenv("LIBVIRT_DEFAULT_URI", uri, 1); }
  ~DefaultUri() { ::unsetenv("LIBVIRT_DEFAULT_URI"); }
  DefaultUri(const DefaultUri&) = delete;
  DefaultUri& operator=(const DefaultUri&) = delete;
};

}  // namespace

TEST_CASE("each interface of a stored machine is a record, and so is a machine without one") {
  auto told = enumerate({kLab, {}, {}});
  REQUIRE(told.rows.size() == 4);
  CHECK(told.failures.empty());
  CHECK(told.rows[0][Field::name] == "db01");
  CHECK(told.rows[0][Field::mac].empty());
  CHECK(told.rows[1][Field::name] == "old01");
  CHECK(told.rows[1][Field::state] == "stopped");
  auto& first = told.rows[2];
  auto& second = told.rows[3];
  CHECK(first[Field::label] == "www");
  CHECK(first[Field::mac] == "52:54:00:aa:00:01");
  CHECK(first[Field::tcp] == "192.0.2.17");
  CHECK(first[Field::netmask] == "255.255.255.0");
  CHECK(first[Field::gateway] == "192.0.2.1");
  CHECK(first[Field::relay] == "br0");
  CHECK(first[Field::if_name] == "ens3");
  CHECK(first[Field::ssh_port] == "22");
  CHECK(second[Field::mac] == "52:54:00:aa:00:02");
  CHECK(second[Field::tcp].empty());
  CHECK(second[Field::relay] == "default");
  CHECK(second[Field::if_name] == "1");
}

TEST_CASE("machine files below the base folders are found without libvirt, broken ones are told") {
  const DefaultUri uri(kNowhere);
  auto told = enumerate({kNowhere, {}, {{"BASEPATH", kVms}}}, ctys::libvirt::kQemu);
  std::map<std::string, std::vector<std::map<Field, std::string>>> by_label;
  for (auto& row : told.rows) by_label[row[Field::label]].push_back(row);

  REQUIRE(by_label["web02"].size() == 1);
  auto& web = by_label["web02"][0];
  CHECK(web[Field::id] == kVms + "/web02/web02.ctys");
  CHECK(web[Field::uuid] == "01234567-89ab-cdef-0123-456789abcdef");
  CHECK(web[Field::state] == "defined");
  CHECK(web[Field::vm_state] == "ACTIVE");
  CHECK(web[Field::dist_rel] == "4.0_r3");
  CHECK(web[Field::version] == "01.01.001");
  CHECK(web[Field::vram] == "384");
  CHECK(web[Field::name] == "web02");
  CHECK(web[Field::type] == "QEMU");

  REQUIRE(by_label["multi"].size() == 3);
  CHECK(by_label["multi"][0][Field::tcp] == "192.0.2.50");
  CHECK(by_label["multi"][0][Field::ssh_port] == "22");
  CHECK(by_label["multi"][1][Field::tcp] == "192.0.2.51");
  CHECK(by_label["multi"][1][Field::ssh_port] == "2222");
  CHECK(by_label["multi"][1][Field::mac] == "52:54:00:00:10:00");
  CHECK(by_label["multi"][2][Field::mac] == "52:54:00:00:10:01");

  CHECK(by_label["stored"].size() == 1);
  CHECK(by_label.count("hidden") == 0);
  CHECK(by_label.size() == 3);

  REQUIRE(told.failures.size() == 3);
  CHECK(told.failures[0].code == ctys::Exit::unreachable);
  CHECK(told.failures[1].summary == kVms + "/broken/broken.ctys: broken machine file at line 4, column 1");
  CHECK(told.failures[1].code == ctys::Exit::failed);
  CHECK(told.failures[2].summary.starts_with(kVms + "/torn.xml: broken XML at line 3, column "));
}

TEST_CASE("a file whose machine is defined already is not listed twice") {
  const Folder folder;
  folder.file(
      "a.xml",
      "<!-- mine --><domain type='test'><name>db01</name><uuid>aaaaaaaa-0000-4000-8000-000000000002</uuid>"
      "<memory>1024</memory><os><type>hvm</type></os></domain>");
  folder.file("b.xml",
              "<?xml version='1.0'?>\n<domain type='test'><name>b</name><memory>1024</memory>"
              "<os><type>hvm</type></os></domain>");
  const DefaultUri uri(kLab.c_str());
  auto told = enumerate({kLab, {}, {{"BASEPATH", folder.path.string()}}});
  REQUIRE(told.rows.size() == 5);
  CHECK(told.rows[4][Field::name] == "b");
  CHECK(told.rows[4][Field::id] == (folder.path / "b.xml").string());
}

TEST_CASE("of two machines with one UUID the second is left out with a word") {
  const Folder folder;
  const std::string xml =
      "<domain type='test'><name>db01</name><uuid>aaaaaaaa-0000-4000-8000-000000000002</uuid>"
      "<memory>1024</memory><os><type>hvm</type></os></domain>";
  folder.file("a.xml", xml);
  const std::string other =
      "<domain type='test'><name>x</name><uuid>aaaaaaaa-0000-4000-8000-0000000000ff</uuid>"
      "<memory>1024</memory><os><type>hvm</type></os></domain>";
  folder.file("b.xml", other);
  folder.file("c.xml", other);
  const DefaultUri uri(kLab.c_str());
  const auto told = enumerate({kLab, {}, {{"BASEPATH", folder.path.string()}}});
  CHECK(told.rows.size() == 5);
  REQUIRE(told.log.size() == 2);
  CHECK(told.log[0].find((folder.path / "a.xml").string() + " is left out") == 0);
  CHECK(told.log[0].find("domain db01") != std::string::npos);
  CHECK(told.log[1].find((folder.path / "c.xml").string() + " is left out") == 0);
  CHECK(told.log[1].find((folder.path / "b.xml").string()) != std::string::npos);
}

TEST_CASE("machine files that cannot be read are told, other files are not") {
  const Folder folder;
  std::string wide = "\xff\xfe";
  for (const char c : std::string("<domain type='test'>")) wide += std::string{c, '\0'};
  folder.file("wide.xml", wide);
  folder.file("spoiled.xml", "<\x01\x02 <domain type='test'><name>a</name></domain>");
  folder.file("latin1.xml", "<domain type='test'>\n<name>caf\xe9</name></domain>");
  folder.file("network.xml", "<network><domain name='example.org'/></network>");
  folder.file("noise.xml", std::string("\x00\x01\x02<\x03", 5));
  const DefaultUri uri(kLab.c_str());
  const auto told = enumerate({kLab, {}, {{"BASEPATH", folder.path.string()}}});
  CHECK(told.rows.size() == 4);
  REQUIRE(told.failures.size() == 3);
  CHECK(told.failures[0].summary ==
        (folder.path / "latin1.xml").string() + ": broken XML at line 2, column 10");
  CHECK(told.failures[0].why == "it is not UTF-8");
  CHECK(told.failures[1].summary.find("spoiled.xml") != std::string::npos);
  CHECK(told.failures[2].why == "it is UTF-16");
}

TEST_CASE("a file that may be a machine's and may not be read is told, whatever its ending") {
  const Folder folder;
  folder.file("noperm.ctys");
  folder.file("noperm.xml");
  REQUIRE(::chmod(folder.path.c_str(), 0755) == 0);
  for (const char* name : {"noperm.ctys", "noperm.xml"})
    REQUIRE(::chmod((folder.path / name).c_str(), 0) == 0);
  const DefaultUri uri(kNowhere);
  const bool root = ::geteuid() == 0;  // who may read all
  constexpr uid_t kNobody = 65534;
  if (root) REQUIRE(::seteuid(kNobody) == 0);
  const auto told = enumerate({kNowhere, {}, {{"BASEPATH", folder.path.string()}}}, ctys::libvirt::kQemu);
  if (root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(told.failures.size() == 3);
  CHECK(told.failures[1].summary == "cannot read " + (folder.path / "noperm.ctys").string());
  CHECK(told.failures[2].summary == "cannot read " + (folder.path / "noperm.xml").string());
  for (const std::size_t at : {1U, 2U}) {
    CHECK(told.failures[at].why == "Permission denied");
    CHECK(told.failures[at].code == ctys::Exit::failed);
  }
}

TEST_CASE("a file that was named is read alone, and what is wrong with it ends the action") {
  const Folder folder;
  folder.file("good.ctys",
              "#@#MAGICID-QEMU\n#@#LABEL = shop\n#@#SSHPORT = ssh\n#@#TCP = 192.0.2.300\nMEMSIZE=64\n");
  folder.file("bad.ctys", "#@#MAGICID-QEMU\nMEMSIZE=$(rm x)\n");
  const DefaultUri uri(kNowhere);
  const auto read = [&](const char* name) {
    return enumerate({kNowhere, {}, {{"FILE", (folder.path / name).string()}}}, ctys::libvirt::kQemu);
  };
  auto told = read("good.ctys");
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0][Field::label] == "shop");
  CHECK(told.rows[0].count(Field::tcp) == 0);
  CHECK(told.rows[0].count(Field::ssh_port) == 0);
  REQUIRE(told.log.size() == 2);
  CHECK(told.log[0].find("good.ctys:3:14: SSHPORT 'ssh' is no port from 1 to 65535") != std::string::npos);
  CHECK(told.log[1].find("good.ctys:4:") != std::string::npos);
  try {
    read("bad.ctys");
    FAIL("it was read");
  } catch (const ctys::Error& error) {
    CHECK(error.code == ctys::Exit::usage);
    CHECK(error.summary.find("bad.ctys: broken machine file at line 2, column") != std::string::npos);
  }
}

TEST_CASE("a file that others can write is no machine") {
  const Folder folder;
  const std::string xml =
      "<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>";
  folder.file("a.xml", xml);
  const DefaultUri uri(kLab.c_str());
  const auto ask = [&] { return enumerate({kLab, {}, {{"BASEPATH", folder.path.string()}}}); };
  const std::string path = (folder.path / "a.xml").string();
  REQUIRE(::chmod(path.c_str(), 0646) == 0);
  auto told = ask();
  CHECK(told.rows.size() == 4);
  REQUIRE(told.failures.size() == 1);
  CHECK(told.failures[0].summary.find(path) != std::string::npos);
  CHECK(told.failures[0].fix.find("chmod") != std::string::npos);
  REQUIRE(::chmod(path.c_str(), 0664) == 0);  // of the user's own group
  CHECK(ask().rows.size() == 5);
  if (::geteuid() != 0) return;  // who is not root cannot give a file away
  REQUIRE(::chown(path.c_str(), 0, 4711) == 0);
  CHECK(ask().rows.size() == 4);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  CHECK(ask().rows.size() == 5);
  REQUIRE(::chown(path.c_str(), 4711, 0) == 0);
  told = ask();
  CHECK(told.rows.size() == 4);
  REQUIRE(told.failures.size() == 1);
  CHECK(told.failures[0].fix.find("chown") != std::string::npos);
}

TEST_CASE("a scan visits each folder once, whatever links lead to it") {
  const Folder folder;
  folder.file("one/a.ctys");
  folder.file("two/b.xml");
  folder.file("two/c.txt");
  folder.file(".hidden/d.ctys");
  fs::create_directory_symlink(folder.path, folder.path / "one/up");
  fs::create_directory_symlink("self", folder.path / "self");
  fs::create_directory_symlink(folder.path / "two", folder.path / "three");
  fs::create_symlink("/nowhere", folder.path / "gone.ctys");
  REQUIRE(::mkfifo((folder.path / "pipe.ctys").c_str(), 0600) == 0);
  CHECK(scanned(folder) == std::vector<std::string>{"one/a.ctys", "two/b.xml"});
}

TEST_CASE("a file is found by its own name before the links to it") {
  const Folder folder;
  folder.file("b.xml");
  fs::create_symlink("b.xml", folder.path / "a.xml");
  CHECK(scanned(folder) == std::vector<std::string>{"b.xml", "a.xml"});
}

TEST_CASE("a folder that says so is left out of a scan, with all that is below it") {
  const Folder folder;
  folder.file("a/a.ctys");
  folder.file("b/.ctysignore", "");
  folder.file("b/b.ctys");
  folder.file("b/c/c.ctys");
  CHECK(scanned(folder) == std::vector<std::string>{"a/a.ctys"});
}

TEST_CASE("a scan ends at its limits and says so") {
  const Folder folder;
  for (int n = 0; n < 50; ++n) folder.file("d/" + std::to_string(n) + ".ctys");
  folder.file("1/2/3/deep.ctys");
  ctys::libvirt::ScanLimits limits;
  limits.entries = 20;
  std::size_t seen = 0;
  std::vector<std::string> skipped;
  const auto skip = [&](const fs::path& path, const std::string& why) {
    skipped.push_back(path.lexically_relative(folder.path).string() + ": " + why);
  };
  CHECK(ctys::libvirt::scan(
            {folder.path.string()}, limits, [&](const fs::path&) { ++seen; }, skip)
            .why == "there are more than 20 files");
  CHECK(skipped.empty());
  CHECK(seen <= 20);
  limits = {};
  limits.time = std::chrono::milliseconds(-1);
  limits.given = std::chrono::seconds(12);
  CHECK(ctys::libvirt::scan(
            {folder.path.string()}, limits, [](const fs::path&) {}, skip)
            .why == "it was not done within 12 s");
  limits = {};
  limits.depth = 2;
  const auto names = scanned(folder, limits);
  CHECK(std::count(names.begin(), names.end(), "1/2/3/deep.ctys") == 0);
  CHECK(names.size() == 50);
  CHECK(ctys::libvirt::scan(
            {folder.path.string()}, limits, [](const fs::path&) {}, skip)
            .why.empty());
  CHECK(skipped == std::vector<std::string>{"1/2/3: it lies more than 2 folders deep"});
}
