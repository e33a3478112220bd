// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/viewer.hpp"

#include "base/paths.hpp"
#include "client/gate.hpp"
#include "client/registry.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace ctys;
using model::Console;
namespace fs = std::filesystem;

namespace {

// A folder that is all of PATH, with programs of the test's own; also the run-time directory.
class Programs {
 public:
  Programs() : before_(paths::environment("PATH").value_or("")) {
    std::string name = (fs::temp_directory_path() / "ctys-path-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    ::setenv("PATH", name.c_str(), 1);
    ::setenv("XDG_RUNTIME_DIR", name.c_str(), 1);
  }
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;
  ~Programs() {
    ::setenv("PATH", before_.c_str(), 1);
    fs::remove_all(folder_);
  }
  void add(const char* name, const char* script = "") const {
    std::ofstream(folder_ / name) << "#!/bin/sh\n" << script;
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }

 private:
  fs::path folder_;
  std::string before_;
};

using Words = std::vector<std::string>;

model::Record machine() {
  model::Record record;
  record.set(Field::host, "lab01").set(Field::type, "QEMU").set(Field::label, "web01");
  record.set(Field::uuid, "11111111-2222-3333-4444-00000000000a").set(Field::context, "qemu:///system");
  record.set(Field::client_port, "5901").set(Field::listen, "127.0.0.1");
  return record;
}

Words text_console() {
  return {paths::executable().string(),
          "create",
          "uuid:11111111-2222-3333-4444-00000000000a",
          "--type",
          "QEMU",
          "--connect",
          "--console",
          "cli"};
}

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

const client::Window kPlaced{":7", "800x600+10+10", ""};

}  // namespace

TEST_CASE("a window needs a display, and says so before anything is started") {
  const Programs programs;
  programs.add("xtigervncviewer");
  ::unsetenv("DISPLAY");
  const auto ready = client::can_open(Console::vnc, {});
  REQUIRE_FALSE(ready);
  CHECK(ready.error().code == Exit::refused);
  CHECK(client::can_open(Console::vnc, kPlaced));
  CHECK(client::can_open(Console::none, {}));
}

TEST_CASE("a DISPLAY of another form is refused with the forms there are") {
  const Programs programs;
  programs.add("xtigervncviewer");
  for (const auto* name : {"bogus", ":", ":x", ":0.", "lab01:0.1.2"}) {
    ::setenv("DISPLAY", name, 1);
    const auto ready = client::can_open(Console::vnc, {});
    REQUIRE_FALSE(ready);
    CHECK(ready.error().why == "DISPLAY is '" + std::string(name) + "', which is no X display");
    CHECK(ready.error().fix.find("like :0, :0.1 or localhost:10") != std::string::npos);
  }
  for (const auto* name : {":0", ":0.1", "localhost:10", "unix:0", "/tmp/launch/org.xquartz:0"}) {
    ::setenv("DISPLAY", name, 1);
    CHECK(client::can_open(Console::vnc, {}));
  }
  ::unsetenv("DISPLAY");
}

TEST_CASE("a program that is not installed is named, with its package") {
  const Programs programs;
  const auto why = [](Console kind) {
    const auto ready = client::can_open(kind, kPlaced);
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == Exit::refused);
    return ready.error().why + ": " + ready.error().fix;
  };
  CHECK(why(Console::vnc) == "a VNC viewer is not installed: apt install tigervnc-viewer");
  CHECK(why(Console::xterm) == "xterm is not installed: apt install xterm");
  CHECK(why(Console::gterm) == "gnome-terminal is not installed: apt install gnome-terminal");
}

TEST_CASE("the viewer is told where the display is") {
  const Programs programs;
  programs.add("vncviewer");
  auto shown = machine();
  const auto place = [&](const client::Window& window = {}) {
    return client::window_command(Console::vnc, shown, window).value().back();
  };
  CHECK(client::window_command(Console::vnc, shown, {}).value().front() == "vncviewer");
  programs.add("xtigervncviewer");
  CHECK(
      client::window_command(Console::vnc, shown, kPlaced).value() ==
      Words{"xtigervncviewer", "-display", ":7", "-geometry", "800x600+10+10", "-Shared", "127.0.0.1::5901"});
  CHECK(place({"", "", "5977"}) == "127.0.0.1::5977");
  for (const auto* everywhere : {"", "0.0.0.0", "::", "localhost"}) {
    shown.set(Field::listen, everywhere);
    CHECK(place() == "127.0.0.1::5901");
  }
  shown.set(Field::listen, "/run/web01.vnc");
  CHECK(place() == "/run/web01.vnc");
  shown.set(Field::listen, "").set(Field::client_port, "");
  CHECK_FALSE(client::window_command(Console::vnc, shown, {}));
  shown.set(Field::client_port, "70000");
  CHECK_FALSE(client::window_command(Console::vnc, shown, {}));
}

TEST_CASE("a terminal window runs the text console of exactly this machine") {
  const Programs programs;
  programs.add("xterm");
  programs.add("gnome-terminal");
  CHECK(client::window_command(Console::xterm, machine(), {}).value() ==
        Words{"xterm", "-T", "web01 - QEMU", "-e"} + text_console());
  CHECK(client::window_command(Console::xterm, machine(), kPlaced).value() ==
        Words{"xterm", "-display", ":7", "-geometry", "800x600+10+10", "-T", "web01 - QEMU", "-e"} +
            text_console());
  CHECK(client::window_command(Console::gterm, machine(), {}).value() ==
        Words{"gnome-terminal", "--title", "web01 - QEMU", "--"} + text_console());
  CHECK(client::window_command(Console::gterm, machine(), kPlaced).value() ==
        Words{"gnome-terminal", "--display=:7", "--geometry=800x600+10+10", "--title", "web01 - QEMU", "--"} +
            text_console());
}

TEST_CASE("a terminal window that replaces others takes their session over") {
  const Programs programs;
  programs.add("xterm");
  auto console = text_console();
  std::replace(console.begin(), console.end(), std::string("--connect"), std::string("--reconnect"));
  CHECK(client::window_command(Console::xterm, machine(), {"", "", "", true}).value() ==
        Words{"xterm", "-T", "web01 - QEMU", "-e"} + console);
}

TEST_CASE("a terminal window on another host's machine goes the way that leads there") {
  const Programs programs;
  programs.add("xterm");
  client::Window window;
  window.way = {"--on", "root@lab01:2222", "--via", "gw1,gw2"};
  const auto command = client::window_command(Console::xterm, machine(), window).value();
  CHECK(Words(command.end() - 4, command.end()) == window.way);
}

TEST_CASE("a viewer is told the place of a display as it is") {
  const Programs programs;
  programs.add("vncviewer");
  CHECK(client::viewer_command({}, "/run/x").value() == Words{"vncviewer", "-Shared", "/run/x"});
}

TEST_CASE("a gate lets one in and is gone") {
  const Programs programs;  // a run-time folder of its own
  auto gate = client::Gate::make().value();
  struct stat status {};
  REQUIRE(::stat(gate.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
  const auto folder = fs::path(gate.path()).parent_path();
  const auto knock = [path = gate.path()] {
    Fd visitor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(visitor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      visitor.reset();
    return visitor;
  };
  CHECK_FALSE(gate.accept());  // nobody is there
  const auto first = knock();
  REQUIRE(first);
  const auto inside = gate.accept();
  REQUIRE(inside);
  CHECK_FALSE(knock());
  CHECK(fs::is_empty(folder));
  REQUIRE(::write(inside.get(), "x", 1) == 1);
  char byte = 0;
  REQUIRE(::read(first.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
}

TEST_CASE("gates of processes that are gone are removed") {
  const Programs programs;
  const auto folder = paths::runtime_dir().value();
  std::ofstream(folder / "display-2147483647-1").put('x');
  std::ofstream(folder / "display-x").put('x');
  const auto gate = client::Gate::make().value();
  CHECK_FALSE(fs::exists(folder / "display-2147483647-1"));
  CHECK(fs::exists(folder / "display-x"));
}

TEST_CASE("a viewer that ends at once is an error, and no client") {
  const Programs programs;
  programs.add("xtigervncviewer", "exit 1\n");
  const auto opened = client::open_window(Console::vnc, machine(), {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().why == "xtigervncviewer ended at once");
  CHECK(opened.error().fix == "run it by hand to see why: xtigervncviewer 127.0.0.1::5901");
  // By hand it is to do the same: the display that was asked for may be the reason.
  CHECK(client::open_window(Console::vnc, machine(), kPlaced).error().fix ==
        "run it by hand to see why: xtigervncviewer -display :7 127.0.0.1::5901");
  CHECK(client::clients().value().empty());
}
