// Copies bytes between a libvirt stream and a socket, both ways, until one of them ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"

#include <string>

namespace ctys::libvirt {

// Both ends are non-blocking and both directions are bounded: whoever is slow slows the other side down,
// nothing is lost and nothing grows. What was read before an end came is still delivered. Throws Error when
// libvirt's side breaks otherwise than by its end; `what` begins its text. True: the machine's side ended
// first.
[[nodiscard]] bool pump(const Connection& connection, virStreamPtr stream, int socket,
                        const std::string& what);

}  // namespace ctys::libvirt
