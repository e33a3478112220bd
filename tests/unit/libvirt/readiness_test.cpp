// Questions to a guest over the network, with real sockets of this host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/readiness.hpp"

#include "libvirt/readiness_place.hpp"
#include "libvirt/readiness_probe.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

using ctys::libvirt::Answer;
using ctys::libvirt::ask_tcp;
using std::chrono::milliseconds;

namespace {

// A port of 127.0.0.1 that accepts by itself (the kernel does), and answers when told to.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(listen(fd_, 4) == 0);
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port_ = std::to_string(ntohs(at.sin_port));
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { end(); }
  void end() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] const std::string& port() const { return port_; }
  void answer_once(std::string text) const {
    const int peer = accept(fd_, nullptr, nullptr);
    // Whether it arrived is what the asking side checks: Catch's assertions belong to one thread.
    if (!text.empty()) (void)!send(peer, text.data(), text.size(), MSG_NOSIGNAL);
    close(peer);
  }

 private:
  int fd_;
  std::string port_;
};

constexpr milliseconds kLong{20'000};

}  // namespace

TEST_CASE("a greeting counts, silence and a closed connection are told apart") {
  Listener listener;
  CHECK(ask_tcp("127.0.0.1", listener.port(), milliseconds(100)).answer == Answer::accepted);
  std::thread server([&] {
    listener.answer_once({});  // the silent one of before
    listener.answer_once("SSH-2.0-dropbear\r\nmore");
    listener.answer_once({});
  });
  const auto greeted = ask_tcp("127.0.0.1", listener.port(), kLong);
  CHECK(greeted.answer == Answer::greeted);
  CHECK(ctys::libvirt::is_ssh_banner(greeted.greeting));
  CHECK(ask_tcp("127.0.0.1", listener.port(), kLong).answer == Answer::closed);
  server.join();
  listener.end();
  CHECK(ask_tcp("127.0.0.1", listener.port(), kLong).answer == Answer::refused);
}

TEST_CASE("a greeting without an end is cut") {
  Listener listener;
  std::thread server([&] { listener.answer_once(std::string(5000, 'x')); });
  const auto greeted = ask_tcp("localhost", listener.port(), kLong);
  server.join();
  CHECK(greeted.answer == Answer::greeted);
  CHECK(greeted.greeting.size() == 255);
  CHECK(!ctys::libvirt::is_ssh_banner(greeted.greeting));
}

TEST_CASE("a name that does not resolve is no answer") {
  CHECK(ask_tcp("no such host", "22", milliseconds(100)).answer == Answer::none);
}

TEST_CASE("this host answers an echo wherever echoes are permitted") {
  const auto echo = ctys::libvirt::ask_echo("127.0.0.1", kLong);
  CHECK(echo != ctys::libvirt::Echo::none);
}

TEST_CASE("a guest is looked for at its forwarded port, and at the address it was given") {
  ctys::libvirt::Domain domain;
  domain.forwards = {{"", 2222, 22}, {"127.0.0.1", 8080, 80}};
  domain.attributes.set("TCP", "192.0.2.7");
  const auto ssh = ctys::libvirt::known_places(domain, true);
  REQUIRE(ssh.size() == 2);
  CHECK(ssh[0] == ctys::libvirt::Place{"127.0.0.1", "2222", true});
  CHECK(ssh[1] == ctys::libvirt::Place{"192.0.2.7", "22", false});
  CHECK(ctys::libvirt::known_places(domain, false).size() == 3);
  domain.attributes.set("SSHPORT", "2022");
  CHECK(ctys::libvirt::known_places(domain, true).back().port == "2022");
}

TEST_CASE("an address of this host is a forwarder: that it accepts proves nothing") {
  ctys::libvirt::Domain domain;
  domain.attributes.set("TCP", "127.0.0.1");
  CHECK(ctys::libvirt::known_places(domain, true).at(0).forwarded);
}

TEST_CASE("only known words can be waited for") {
  CHECK(ctys::libvirt::parse_readiness("ssh") == ctys::libvirt::Readiness::ssh);
  CHECK_THROWS_AS(ctys::libvirt::parse_readiness("SSH"), ctys::Error);
  CHECK_THROWS_AS(ctys::libvirt::parse_readiness(""), ctys::Error);
}
