// What `ssh -G` says, read.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/config.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>

using namespace ctys;
using ssh::Place;

namespace {
const std::string kAnswer =
    "host lab01\nuser me\nhostname 192.0.2.7\nport 2222\nbatchmode no\nidentitiesonly yes\n"
    "pubkeyauthentication true\npasswordauthentication no\nkbdinteractiveauthentication yes\n"
    "identityfile ~/.ssh/id_%r\nidentityfile /keys/%%x\ncertificatefile %d/cert\n"
    "userknownhostsfile ~/.ssh/known_hosts /tmp/k2\nglobalknownhostsfile /etc/ssh/ssh_known_hosts\n"
    "proxyjump root@gw1:23,gw2\nproxycommand none\nconnecttimeout 7\nhostkeyalias box\n"
    "kexalgorithms curve25519-sha256\nsomethingnew yes\nlineWithoutValue\n";
}  // namespace

TEST_CASE("the answer of ssh -G is read with its names expanded") {
  const auto config = ssh::parse_config(kAnswer, {"lab01", "", 0}, "/home/me");
  CHECK(config.hostname == "192.0.2.7");
  CHECK(config.user == "me");
  CHECK(config.port == 2222);
  CHECK(config.alias == "box");
  CHECK(config.identities == std::vector<std::string>{"/home/me/.ssh/id_me", "/keys/%x"});
  CHECK(config.certificates == std::vector<std::string>{"/home/me/cert"});
  CHECK(config.known_hosts ==
        std::vector<std::string>{"/home/me/.ssh/known_hosts", "/tmp/k2", "/etc/ssh/ssh_known_hosts"});
  CHECK(config.own_known_hosts == 2);
  REQUIRE(config.jumps.size() == 2);
  CHECK(config.jumps[0] == Place{"gw1", "root", 23});
  CHECK(config.jumps[1] == Place{"gw2", "", 0});
  CHECK(config.proxy_command.empty());
  CHECK(config.identities_only);
  CHECK_FALSE(config.password);
  CHECK(config.keyboard);
  CHECK(config.connect_timeout == std::chrono::seconds(7));
}

TEST_CASE("what is not preferred is no way to log in, and what is off stays off") {
  const auto read = [](const std::string& more) {
    return ssh::parse_config(kAnswer + more, {"lab01", "", 0}, "/home/me");
  };
  CHECK(read("").preferred.empty());
  const auto config = read("preferredauthentications password,publickey\naddressfamily inet6\n");
  CHECK(config.preferred == std::vector<std::string>{"password", "publickey"});
  CHECK(config.public_key);
  CHECK_FALSE(config.keyboard);
  CHECK_FALSE(config.password);
  CHECK(config.family == AF_INET6);
  CHECK(read("addressfamily any\n").family == AF_UNSPEC);
}

TEST_CASE("the file of revoked keys is one name, whatever it has, or none") {
  const auto revoked = [](const std::string& value) {
    return ssh::parse_config(kAnswer + "revokedhostkeys " + value + "\n", {"lab01", "", 0}, "/home/me")
        .revoked;
  };
  CHECK(revoked("~/.ssh/of all") == "/home/me/.ssh/of all");
  CHECK(revoked("none").empty());
  CHECK(ssh::parse_config(kAnswer, {"lab01", "", 0}, "/home/me").revoked.empty());
}

TEST_CASE("an answer that names no host is none") {
  CHECK_THROWS_AS(ssh::parse_config("", {"lab01", "", 0}, "/"), Error);
  CHECK_THROWS_AS(ssh::parse_config("user x\nhostname h\nport 0\n", {"lab01", "", 0}, "/"), Error);
  CHECK_THROWS_AS(ssh::parse_config("user x\nhostname h\nport 99999\n", {"lab01", "", 0}, "/"), Error);
  CHECK_THROWS_AS(ssh::parse_config("user x\nhostname h\nport 22\nproxyjump -oX=y\n", {"h", "", 0}, "/"),
                  Error);
}

TEST_CASE("places are read and written") {
  CHECK(ssh::parse_place("lab01") == Place{"lab01", "", 0});
  CHECK(ssh::parse_place("me@lab01:22") == Place{"lab01", "me", 22});
  CHECK(ssh::parse_place("::1") == Place{"::1", "", 0});
  CHECK(ssh::parse_place("[::1]:22") == Place{"::1", "", 22});
  CHECK(ssh::text_of({"::1", "me", 22}) == "me@[::1]:22");
  for (const auto* bad : {"", "-x", "a b", "a;b", "@h", "h:", "h:0", "h:65536", "[::1", "[::1]22", "a\nb"})
    CHECK_FALSE(ssh::parse_place(bad));
}

TEST_CASE("no host is ever an option of ssh") {
  const auto words = ssh::query_of({"lab01", "me", 22}, "/x");
  CHECK(words ==
        std::vector<std::string>{"ssh", "-G", "-v", "-F", "/x", "-l", "me", "-p", "22", "--", "lab01"});
}
