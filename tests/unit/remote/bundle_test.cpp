// What is copied to another host, and the commands that start it there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/bundle.hpp"

#include "remote/command.hpp"
#include "unit/inventory/fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace ctys;
using namespace ctys::inventory;

TEST_CASE("the archive has what tar needs to see") {
  std::string archive;
  remote::append_tar(archive, "bin/x", std::string(600, 'a'));
  remote::append_tar(archive, {}, {});
  CHECK(archive.size() == 512 + 1024 + 1024);
  CHECK(archive.substr(257, 5) == "ustar");
  CHECK(archive.substr(124, 11) == "00000001130");
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(archive[i]);
  CHECK(std::stoul(archive.substr(148, 6), nullptr, 8) == sum);
}

TEST_CASE("the identifier of a build is read from its note, and rubbish has none") {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  std::string head(65536, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  const auto id = remote::build_id(head);
  CHECK(id.size() % 2 == 0);
  CHECK(remote::build_id("").empty());
  CHECK(remote::build_id("\x7f"
                         "ELF")
            .empty());
  for (std::size_t cut = 0; cut < 2048; cut += 7)
    (void)remote::build_id(std::string_view(head).substr(0, cut));
  const auto all = remote::bundle_id();
  REQUIRE(all);
  CHECK(all->size() == 32);
  CHECK(all->find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("a copy is whole when everything on its list is there in its size") {
  const testing::Folder folder;
  CHECK_FALSE(remote::is_whole(folder.path()));
  testing::write(folder / "one", "12345");
  const auto is_whole = [&](const std::string& list) {
    testing::write(folder / "files", list);
    return remote::is_whole(folder.path());
  };
  CHECK(is_whole("5 one\n"));
  for (const auto* list :
       {"", "\n", "5 one", "4 one\n", "5 two\n", "5 one\n5 two\n", "5\n", "one\n", " one\n"}) {
    CAPTURE(list);
    CHECK_FALSE(is_whole(list));
  }
  CHECK_FALSE(remote::is_damaged_copy());  // this program is none
}

TEST_CASE("the commands mean the same to every login shell") {
  for (const auto& command : {remote::start_command("0123abcd", false),
                              remote::start_command("0123abcd", true), remote::install_command("0123abcd")}) {
    CAPTURE(command);
    REQUIRE(command.starts_with("exec /bin/sh -c '"));
    REQUIRE(command.back() == '\'');
    const auto script = command.substr(17, command.size() - 18);
    CHECK(script.find_first_of("'!\n") == std::string::npos);
  }
}
