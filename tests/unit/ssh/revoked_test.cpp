// RevokedHostKeys, read.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/revoked.hpp"

#include <ctys/error.hpp>

#include <catch2/catch.hpp>

using namespace ctys;

namespace {
const std::string kOne = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const std::string kTwo = "AAAAC3NzaC1lZDI1NTE5AAAAIP8BAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
}  // namespace

TEST_CASE("a text of revoked keys is searched line by line, and a line that is no key makes it unreadable") {
  CHECK(ssh::line_with_key("", kOne) == 0);
  CHECK(ssh::line_with_key("# x\n\n\t ssh-ed25519\t" + kOne + " me@there\r\n", kOne) == 3);
  CHECK(ssh::line_with_key("ssh-ed25519 " + kTwo + "\nssh-ed25519 " + kOne, kOne) == 2);
  CHECK(ssh::line_with_key("ssh-ed25519 " + kTwo, kOne) == 0);
  for (const auto& bad : {"host ssh-ed25519 " + kOne, std::string("ssh-ed25519"), "ssh-rsa " + kTwo,
                          "ssh-ed25519 " + kTwo.substr(1), "ssh-ed25519 " + kTwo + "=", std::string("\0", 1)})
    CHECK_THROWS_AS(ssh::line_with_key(bad + "\nssh-ed25519 " + kOne, kOne), Error);
}
