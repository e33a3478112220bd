// The far end of the protocol: a process that loads one plugin and answers one Call.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wire/message.hpp"

#include <optional>

namespace ctys::plugin {

// Says hello on `out`, reads one Call from `in`, answers it, says end. `stream` is the console's byte stream
// or -1. A plugin with several endpoints, asked for all of them, is asked once for each by a child of this
// worker, so that one that hangs does not silence the others. Returns the status of the end message.
int serve(int in, int out, int stream);

// Loads the one of a type's files that the call names as its endpoint, and says no more of it than what keeps
// it from being used.
int examine(int in, int out, int stream);

// Tells what would be asked by the call, a record with its endpoint as context for each, and asks nobody.
int name_endpoints(int in, int out, int stream);

// The conversation up to the call: says hello and reads it. nullopt when the caller went away or talks
// nonsense.
[[nodiscard]] std::optional<wire::Call> greet(int in, int out);
// Reads the next call. nullopt also when nothing comes for `patience` milliseconds; -1: it is waited for.
[[nodiscard]] std::optional<wire::Call> next_call(wire::LineReader& lines, int in, int out, int patience);

}  // namespace ctys::plugin
