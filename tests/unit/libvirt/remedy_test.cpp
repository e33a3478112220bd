// Remedies fit the daemon that failed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/remedy.hpp"

#include "libvirt/connection.hpp"
#include "libvirt/driver.hpp"

#include <catch2/catch.hpp>
#include <libvirt/virterror.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace {
using namespace ctys::libvirt;
using ctys::Exit;

const std::string kSession = "qemu:///session";
const std::string kSystem = "qemu:///system";

bool has(const std::string& text, std::string_view part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

TEST_CASE("a session's daemon that ended is no service to be restarted") {
  const Reason gone{VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, "client socket is closed"};
  const auto own = explained("cannot start web01", gone, kSession);
  CHECK(own.code == Exit::unreachable);
  CHECK(has(own.fix, "run the command again"));
  CHECK_FALSE(has(own.fix, "systemctl"));
  CHECK(has(explained("cannot start web01", gone, kSystem).fix, "sudo systemctl restart libvirtd"));
}

TEST_CASE("a missing helper of the daemon is named, and is no daemon out of reach") {
  const Reason log{VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
                   "Failed to connect socket to '/run/libvirt/virtlogd-sock': No such file or directory"};
  const auto error = explained("cannot start web01", log, kSystem);
  CHECK(error.code == Exit::failed);
  CHECK(has(error.fix, "sudo systemctl start virtlogd.socket"));
  const Reason lock{VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
                    "Failed to connect socket to '/run/libvirt/virtlockd-sock': No such file or directory"};
  CHECK(has(explained("cannot start web01", lock, kSystem).fix, "sudo systemctl start virtlockd.socket"));
  CHECK_FALSE(has(explained("cannot start web01", log, kSession).fix, "systemctl"));
}

TEST_CASE("to install the daemon is advised where there is none") {
  CHECK(has(session_fix("/nowhere::/nonexistent"), "apt install"));
  std::string name = (std::filesystem::temp_directory_path() / "ctys-remedy-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  for (const char* const program : {"libvirtd", "virtqemud"}) {
    const auto path = std::filesystem::path(name) / program;
    std::filesystem::create_symlink("/bin/sh", path);
    const std::string fix = session_fix("/nowhere:" + name);
    std::filesystem::remove(path);
    CHECK_FALSE(has(fix, "install"));
    CHECK(has(fix, "run " + path.string() + " by hand"));
    CHECK(has(fix, session_log_folder()));
    CHECK(has(fix, session_run_folder()));
  }
  std::filesystem::remove(name);
}

TEST_CASE("a session's socket that may not be used is looked at, no group is joined") {
  const Reason denied{VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC,
                      "Failed to connect socket to '/run/user/1000/libvirt/libvirt-sock': Permission denied"};
  const auto own = connect_error(kSession, denied);
  CHECK(own.code == Exit::unreachable);
  CHECK(has(own.fix, "ls -l '/run/user/1000/libvirt/libvirt-sock'"));
  CHECK_FALSE(has(own.fix, "group"));
  CHECK(has(connect_error(kSystem, denied).fix, "usermod -aG libvirt"));
}

}  // namespace
