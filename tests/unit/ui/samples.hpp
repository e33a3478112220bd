// Records and terminals that the tests of the output share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/render.hpp"

#include <string>
#include <vector>

namespace samples {

using ctys::Error;
using ctys::Exit;
using ctys::Field;
using ctys::model::Record;

inline ctys::ui::Terminal screen(unsigned width, bool color = false) {
  return {true, true, color, width, true};
}
inline ctys::ui::Terminal pipe() {
  return {false, false, false, 0, false};
}

inline Record web01() {
  Record r;
  r.set(Field::host, "lab00.soho").set(Field::type, "QEMU").set(Field::label, "web01");
  r.set(Field::id, "/etc/libvirt/qemu/web01.xml").set(Field::uuid, "0b3c8f1e-6d0e-4a35-9d0c-5f6a1b2c3d4e");
  r.set(Field::mac, "52:54:00:12:34:56").set(Field::tcp, "192.168.122.10").set(Field::display, "1");
  r.set(Field::client_port, "5901").set(Field::pid, "4711").set(Field::user, "jdoe");
  r.set(Field::group, "users").set(Field::cs_type, "S").set(Field::if_name, "vnet0");
  r.set(Field::context, "qemu:///system").set(Field::accelerator, "KVM").set(Field::arch, "x86_64");
  r.set(Field::state, "running").set(Field::name, "web01").set(Field::os, "Linux");
  r.set(Field::dist, "Debian GNU/Linux 12").set(Field::address_source, "lease").set(Field::vcpu, "2");
  return r;
}

// Wide characters, a value with separators, no address.
inline Record tokyo() {
  Record r;
  r.set(Field::host, "lab00.soho").set(Field::type, "QEMU").set(Field::label, "東京サーバー");
  r.set(Field::id, "/srv/vm/a;b|c.xml").set(Field::mac, "52:54:00:00:00:02").set(Field::cs_type, "SERVER");
  r.set(Field::state, "paused").set(Field::context, "qemu:///session");
  return r;
}

// What a guest could try: a window title, a colour, a line break, a right-to-left override, a byte that is no
// UTF-8, and markup.
inline Record hostile() {
  Record r;
  r.set(Field::host, "lab01")
      .set(Field::type, "QEMU")
      .set(Field::label, "evil\x1b]0;pwned\x07\x1b[31m\nname");
  r.set(Field::id, "/x/<b>\"&'.xml")
      .set(Field::tcp,
           "10.0.0.1\xc2\x9b"
           "2J")
      .set(Field::cs_type, "X");
  r.set(Field::state, "crashed").set(Field::name, "\xe2\x80\xaeverte\xff");
  return r;
}

inline std::vector<Record> some() {
  return {web01(), tokyo(), hostile()};
}

inline std::vector<ctys::plugin::Failure> failures() {
  return {{Error{Exit::unreachable, "cannot connect to qemu:///system",
                 "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
                 "install libvirt-daemon-system, or start libvirtd", "QEMU, qemu:///system"},
           "lab07", "QEMU"},
          {Error{Exit::deadline, "no answer within 10 s", "", "", "XEN"}, "lab08", "XEN"}};
}

}  // namespace samples
