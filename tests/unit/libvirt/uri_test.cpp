// Passwords in URIs are shown nowhere.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/connection.hpp"
#include "libvirt/driver.hpp"
#include "unit/libvirt/captured.hpp"

#include <ctys/uri.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>

using ctys::without_password;

TEST_CASE("the password of a URI is hidden, and nothing else") {
  CHECK(without_password("qemu+ssh://user:secret@host/system") == "qemu+ssh://user:***@host/system");
  CHECK(without_password("qemu+ssh://user:secret@host:22/system?socket=/a:b@c") ==
        "qemu+ssh://user:***@host:22/system?socket=/a:b@c");
  CHECK(without_password("qemu+ssh://user:se%40cret@[::1]/system") == "qemu+ssh://user:***@[::1]/system");
}

TEST_CASE("a password with characters that belong escaped is hidden, too") {
  CHECK(without_password("qemu+ssh://user:se@cret@host/system") == "qemu+ssh://user:***@host/system");
  CHECK(without_password("qemu+ssh://user:se:cret@host/system") == "qemu+ssh://user:***@host/system");
  CHECK(without_password("qemu+ssh://user:se/cret@host/system") == "qemu+ssh://user:***@host/system");
  CHECK(without_password("qemu+ssh://user:se?cret@host/system") == "qemu+ssh://user:***@host/system");
}

TEST_CASE("what has no password stays as it is") {
  for (const char* uri : {"qemu:///system", "qemu+ssh://user@host/system", "qemu+ssh://host:22/system",
                          "qemu+ssh://user:@host/", "qemu+ssh://host:22/a@b", "qemu+ssh://[::1]:22/system",
                          "test:///home/me@lab:1/lab.xml", "qemu+unix:///system?socket=/a:b@c", "lab",
                          "user:secret", "", "://", "a://:", "a://@", "a://:@"})
    CHECK(without_password(uri) == uri);
}

TEST_CASE("the endpoints of a plugin are known without the password, and opened with it") {
  ::setenv("LIBVIRT_DEFAULT_URI", "test+ssh://user:se%63ret@/default", 1);
  const captured::Asked asked("", {}, {});
  const auto uris = ctys::libvirt::kTest.endpoints(asked.request());
  try {
    (void)ctys::libvirt::Connection::open("test+ssh://user:***@/default", ctys::libvirt::Access::read);
    FAIL("there is no such host");
  } catch (const ctys::Error& error) {
    for (const auto* text : {&error.summary, &error.why, &error.fix}) {
      CAPTURE(*text);
      CHECK(text->find("se%63ret") == std::string::npos);
      CHECK(text->find("secret") == std::string::npos);
    }
  }
  ::unsetenv("LIBVIRT_DEFAULT_URI");
  CHECK(uris == std::vector<std::string>{"test+ssh://user:***@/default"});
}

TEST_CASE("the log of a hypervisor lies where its daemon writes it") {
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  CHECK(ctys::libvirt::hypervisor_log("qemu:///session", "web01") == "/cache/libvirt/qemu/log/web01.log");
  CHECK(ctys::libvirt::hypervisor_log("qemu:///system", "web01") == "/var/log/libvirt/qemu/web01.log");
  ::unsetenv("XDG_CACHE_HOME");
}

TEST_CASE("a home that is not there is named as why the user's own machines are not asked") {
  const char* const home = ::getenv("HOME");
  const std::string before = home != nullptr ? home : "/";
  const captured::Asked asked("", {}, {});
  ::setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
  ::setenv("HOME", "/nonexistent", 1);
  CHECK(ctys::libvirt::kQemu.endpoints(asked.request()) == std::vector<std::string>{"qemu:///system"});
  CHECK(ctys::libvirt::kQemu.unasked(asked.request()).find("HOME names /nonexistent") != std::string::npos);
  ::setenv("HOME", "/", 1);
  CHECK(ctys::libvirt::kQemu.unasked(asked.request()).empty());
  ::setenv("HOME", "/nonexistent", 1);
  ::setenv("LIBVIRT_DEFAULT_URI", "qemu:///system", 1);
  CHECK(ctys::libvirt::kQemu.unasked(asked.request()).empty());
  ::unsetenv("LIBVIRT_DEFAULT_URI");
  ::unsetenv("XDG_RUNTIME_DIR");
  ::setenv("HOME", before.c_str(), 1);
}
