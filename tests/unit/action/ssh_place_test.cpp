// Where the SSH configuration says that a host is.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/ssh_place.hpp"

#include <catch2/catch.hpp>

using ctys::action::ssh_place_in;
using ctys::action::SshPlace;

TEST_CASE("the host and the port stand in the answer of ssh -G") {
  CHECK(ssh_place_in("user root\r\nhostname 10.0.0.1\r\nport 2222\r\nhostname no\nport 1\n") ==
        SshPlace{"10.0.0.1", 2222});
  CHECK(ssh_place_in("hostname fe80::1\nport 22") == SshPlace{"fe80::1", 22});
}

TEST_CASE("who stands behind other hosts, or behind a command, is told") {
  const std::string place = "hostname 10.0.0.1\nport 22\n";
  for (const auto* way : {"proxyjump gw1,root@gw2:2222", "proxycommand nc %h %p"}) {
    CHECK(ssh_place_in(place + way) == SshPlace{"10.0.0.1", 22, true});
    CHECK(ssh_place_in(std::string(way) + "\n" + place) == SshPlace{"10.0.0.1", 22, true});
  }
  for (const auto* none : {"proxyjump none", "proxycommand none\r", "proxyusefdpass no", "proxyjump "})
    CHECK(ssh_place_in(place + none) == SshPlace{"10.0.0.1", 22, false});
}

TEST_CASE("what is no answer is none") {
  for (const auto* text : {"", "hostname a\n", "port 22\n", "hostname \nport 22\n", "hostname a\nport 0\n",
                           "hostname a\nport 65536\n", "hostname a\nport x\n", "hostname a\x1b[2J\nport 22\n",
                           "/c: line 1: Bad configuration option: x\n"})
    CHECK_FALSE(ssh_place_in(text));
  CHECK_FALSE(ssh_place_in("hostname " + std::string(300, 'a') + "\nport 22\n"));
}
