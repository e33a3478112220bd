// The far side of a console: a machine's serial line or display, for a person at another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <string_view>

namespace ctys::action {

// Option of a console call: not the serial line is wanted, but what listens at "HOST::PORT" or at a path.
inline constexpr std::string_view kDisplay = "@DISPLAY";

// Carries the bytes of one console between this host and who talks on `in` and `out`, until one of the ends
// is reached or the caller is heard no more. What is left to say then, all but the end.
[[nodiscard]] plugin::Outcome carry_console(wire::Call call, int in, int out);

}  // namespace ctys::action
