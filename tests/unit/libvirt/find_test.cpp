// Finding the domain that a request means.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/connection.hpp"
#include "unit/libvirt/captured.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace ctys::libvirt;

namespace {

// A file for libvirt's test driver with one machine t1.
struct TestFile {
  std::string path = (std::filesystem::temp_directory_path() / "ctys-find-XXXXXX").string();
  explicit TestFile(const std::string& uuid) {
    ::close(::mkstemp(path.data()));
    std::ofstream(path) << "<node><domain type='test'><name>t1</name>" << uuid
                        << "<memory>1024</memory><os><type>hvm</type></os></domain></node>";
  }
  ~TestFile() { std::filesystem::remove(path); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
};

const std::string kOther = "aaaaaaaa-0000-4000-8000-0000000000ff";

ctys::Error error_of(const std::string& uri, captured::Pairs address) {
  const captured::Asked asked(uri, std::move(address), {});
  const auto connection = Connection::open(uri, Access::write);
  try {
    (void)find_domain_unless_file(connection, asked.request());
  } catch (const ctys::Error& error) {
    return error;
  }
  return {};
}

}  // namespace

TEST_CASE("a test driver's file without UUIDs is named as why a machine is not found again") {
  const TestFile file("");
  for (const std::string& id : {std::string(), file.path}) {
    const auto error =
        error_of("test://" + file.path, {{"ID", id}, {"NAME", "t1"}, {"LABEL", "t1"}, {"UUID", kOther}});
    CHECK(error.code == ctys::Exit::failed);
    CHECK(error.summary == "cannot find t1");
    CHECK(error.why.find(file.path + " gives t1 no UUID") == 0);
    CHECK(error.fix.find("<uuid>") != std::string::npos);
  }
}

TEST_CASE("a machine that is not there at all is gone") {
  const TestFile file("");
  CHECK(error_of("test://" + file.path, {{"NAME", "t2"}, {"UUID", kOther}}).why.find("it is gone") == 0);
  CHECK(error_of("test:///default", {{"NAME", "test"}, {"UUID", kOther}}).why.find("it is gone") == 0);
}
