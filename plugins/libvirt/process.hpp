// The processes that run machines on this host, and their owners.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::libvirt {

struct Process {
  pid_t pid = 0;
  std::string user;
  std::string group;
};

// Every QEMU process by the UUID it was started with (`-uuid`), found in one pass over `proc` (the proc file
// system). A UUID that two processes claim is left out: nobody can tell which of them is the machine.
[[nodiscard]] std::map<std::string, Process> machine_processes(const std::string& proc = "/proc");

// The UUID in a process' argument list (NUL separated); nullopt: it runs no machine.
[[nodiscard]] std::optional<std::string> uuid_argument(std::string_view cmdline);

// Names, or the number where the system knows none.
[[nodiscard]] std::string user_name(uid_t uid);
[[nodiscard]] std::string group_name(gid_t gid);

}  // namespace ctys::libvirt
