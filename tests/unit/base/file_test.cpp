// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

using namespace ctys;

namespace {
std::filesystem::path scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "ctys-test-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  return name;
}
}  // namespace

TEST_CASE("a file is replaced whole, private by default") {
  const auto dir = scratch();
  const auto file = dir / "sub" / "file";
  REQUIRE(replace_file(file, "one"));
  REQUIRE(replace_file(file, "two"));
  CHECK(read_file(file, 100).value() == "two");
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(std::distance(std::filesystem::directory_iterator(dir / "sub"), {}) == 1);
  std::filesystem::remove_all(dir);
}

TEST_CASE("a file that cannot be read is an error with a remedy") {
  for (const auto* path : {"/nonexistent/file", "/"}) {
    const auto content = ctys::read_file(path, 10);
    REQUIRE_FALSE(content);
    CHECK_FALSE(content.error().fix.empty());
  }
}

TEST_CASE("reading is bounded and refuses what is no file") {
  const auto dir = scratch();
  REQUIRE(replace_file(dir / "big", std::string(1000, 'x')));
  CHECK(read_file(dir / "big", 999).error().why == "it is larger than 999 bytes");
  CHECK(read_file(dir, 10).error().why == "it is not a regular file");
  CHECK(read_file("/dev/zero", 10).error().why == "it is not a regular file");
  CHECK(read_file(dir / "none", 10).error().why == "No such file or directory");
  std::filesystem::remove_all(dir);
}
