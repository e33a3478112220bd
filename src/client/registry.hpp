// What ctys started beside machines: viewers and consoles of this user, one file each in the run-time
// directory.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A file is named PID-START and holds one record as a line of the worker protocol. It is believed only while
// the process of that pid and start time lives; the files of dead ones are removed when they are met.
#pragma once

#include "base/process.hpp"
#include "model/record.hpp"

#include <string_view>
#include <vector>

namespace ctys::client {

struct Client {
  ProcessId process;
  model::Record record;  // of the machine it shows; cs_type C, pid and user those of the client
};

// What a text console of ctys is called there.
inline constexpr std::string_view kConsoleProgram = "ctys (console)";

// Every living client of this user.
[[nodiscard]] Result<std::vector<Client>> clients();

// Enters a process as a client of a machine. `program` says what kind it is.
[[nodiscard]] Result<void> enter(const ProcessId& process, const model::Record& machine,
                                 std::string_view program);
// Takes it out again; nothing happens when it is not there.
void leave(const ProcessId& process);

// Is this client one of that machine: same host, type, connection and UUID (id where there is no UUID).
[[nodiscard]] bool belongs(const model::Record& client, const model::Record& machine);

// Ends a client: asks, then forces after five seconds. True when it is gone.
[[nodiscard]] bool end(const Client& client);

// Ends all of this user's clients of a machine; how many there were. Stops at one that does not end.
[[nodiscard]] Result<unsigned> close_all(const model::Record& machine);

}  // namespace ctys::client
