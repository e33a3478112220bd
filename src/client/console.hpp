// The text console: a machine's serial line in the calling terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "client/session.hpp"
#include "model/record.hpp"

namespace ctys::client {

// What keeps a console from opening here: stdin or stdout is no terminal.
[[nodiscard]] Result<void> can_attach();

// Connects until the user types `escape`, the machine closes the line, the connection to its host is lost, or
// a signal asks to end. The bytes pass unchanged both ways, so what a guest asks of the terminal (its size,
// for one: resize(1)) is answered by it. The terminal is put into raw mode for that time and restored on
// every way out. While connected the process stands in the registry of clients.
[[nodiscard]] Result<void> attach(const Session& how, const model::Record& machine, char escape);

}  // namespace ctys::client
