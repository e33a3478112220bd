// Asks a guest over the network whether it is alive: one question, one bounded wait.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace ctys::libvirt {

// What came of a TCP connection.
//   refused   nobody listens, but a kernel answered
//   accepted  it was accepted and stayed silent. QEMU's user mode network accepts for a guest that is not up
//   yet closed    it was accepted and closed at once: how QEMU passes on that the guest's kernel refused
//   greeted   the other side spoke; the text is in `greeting`
enum class Answer { none, refused, accepted, closed, greeted };

struct TcpAnswer {
  Answer answer = Answer::none;
  std::string greeting;  // first line, at most 255 bytes, of unknown origin
};

// `address` is numeric or a name; names cost a look-up that has its own time limit. Connects, then listens
// for a greeting, `patience` in all.
[[nodiscard]] TcpAnswer ask_tcp(const std::string& address, const std::string& port,
                                std::chrono::milliseconds patience);

// An ICMP echo by an unprivileged ping socket, or a raw one where this process may; none where it may
// neither.
enum class Echo { none, answered, not_permitted };
[[nodiscard]] Echo ask_echo(const std::string& address, std::chrono::milliseconds patience);

// "SSH-2.0-dropbear": what a server of RFC 4253 says first.
[[nodiscard]] bool is_ssh_banner(const std::string& greeting);

}  // namespace ctys::libvirt
