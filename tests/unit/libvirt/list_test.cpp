// LIST on libvirt's test driver.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using captured::Asked;
using ctys::Field;

namespace {

const std::string kLab = "test://" TEST_DATA "/unit/libvirt/data/lab.xml";

ctys_call list(const Asked& asked) {
  return captured::run(asked, [](const auto& request, auto& call) {
    ctys::libvirt::list(ctys::libvirt::kTest, request, call);
  });
}

}  // namespace

TEST_CASE("the default test machine is listed with its identity") {
  auto told = list({"test:///default", {}, {}});
  REQUIRE(told.rows.size() == 1);
  auto& row = told.rows[0];
  CHECK(row[Field::name] == "test");
  CHECK(row[Field::label] == "test");
  CHECK(row[Field::uuid] == "6695eb01-f6a4-8304-79aa-97f2502e193f");
  CHECK(row[Field::type] == "TEST");
  CHECK(row[Field::state] == "running");
  CHECK(row[Field::context] == "test:///default");
  CHECK(row[Field::cs_type] == "S");
  CHECK(row[Field::vram] == "8192");
  CHECK(row[Field::vcpu] == "2");
  CHECK(row[Field::persistent] == "yes");
}

TEST_CASE("machines that do not run are listed with ALL only, each with its state") {
  CHECK(list({kLab, {}, {}}).rows.size() == 2);
  auto told = list({kLab, {}, {{"ALL", ""}}});
  REQUIRE(told.rows.size() == 3);
  std::map<std::string, std::string> states;
  for (auto& row : told.rows) states[row[Field::name]] = row[Field::state];
  CHECK(states["web01"] == "running");
  CHECK(states["db01"] == "paused");
  CHECK(states["old01"] == "stopped");
}

TEST_CASE("the attributes of ctys in the metadata become fields") {
  auto told = list({kLab, {}, {}});
  auto& row = told.rows.at(1);
  CHECK(row[Field::name] == "web01");
  CHECK(row[Field::label] == "www");
  CHECK(row[Field::os] == "Linux");
  CHECK(row[Field::dist] == "debian");
  CHECK(row[Field::tcp] == "192.0.2.17");
  CHECK(row[Field::if_name] == "ens3");
  CHECK(row[Field::mac] == "52:54:00:aa:00:01");
  CHECK(row[Field::user_string] == "<hand & made>");
  CHECK(row[Field::client_port] == "5907");
  CHECK(row[Field::display] == "7");
  CHECK(row[Field::listen] == "127.0.0.1");
  CHECK(row[Field::id] == TEST_DATA "/unit/libvirt/data/lab.xml");
}

TEST_CASE("an interface without a known name in the guest has none in the list") {
  auto told = list({"test:///default", {}, {}});
  REQUIRE(told.rows.size() == 1);
  CHECK(told.rows[0][Field::if_name].empty());
}

TEST_CASE("each of many machines has what is its own") {
  constexpr int kMany = 71;  // read by two threads
  const auto number_of = [](int number) { return std::to_string(100 + number); };
  const auto path =
      std::filesystem::temp_directory_path() / ("ctys-many-" + std::to_string(::getpid()) + ".xml");
  {
    std::ofstream file(path);
    file << "<node>";
    for (int number = 0; number < kMany; ++number)
      file << "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>m"
           << number_of(number) << "</name><uuid>aaaaaaaa-0000-4000-8000-000000000" << number_of(number)
           << "</uuid><memory unit='MiB'>" << number_of(number)
           << "</memory><os><type arch='x86_64'>hvm</type></os><test:runstate>" << (number % 2 == 0 ? 1 : 5)
           << "</test:runstate></domain>";
    file << "</node>";
  }
  auto told = list({"test://" + path.string(), {}, {{"ALL", ""}}});
  std::filesystem::remove(path);
  REQUIRE(told.rows.size() == kMany);
  for (int number = 0; number < kMany; ++number) {
    auto& row = told.rows[static_cast<std::size_t>(number)];
    CHECK(row[Field::name] == "m" + number_of(number));
    CHECK(row[Field::uuid] == "aaaaaaaa-0000-4000-8000-000000000" + number_of(number));
    CHECK(row[Field::vram] == number_of(number));
    CHECK(row[Field::state] == (number % 2 == 0 ? "running" : "stopped"));
  }
}

TEST_CASE("a URI that no driver understands is wrong usage, a missing file is unreachable") {
  const auto code_of = [](const char* uri) {
    try {
      list({uri, {}, {}});
    } catch (const ctys::Error& error) {
      CHECK(!error.fix.empty());
      return error.code;
    }
    return ctys::Exit::ok;
  };
  CHECK(code_of("no uri") == ctys::Exit::usage);
  CHECK(code_of("test:///nowhere/missing.xml") == ctys::Exit::unreachable);
  CHECK(code_of("qemu+unix:///system?socket=/nowhere/sock") == ctys::Exit::unreachable);
}
