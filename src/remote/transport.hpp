// The process that carries all byte streams to other hosts: it loads the transport plugin and runs it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "remote/way.hpp"

#include <optional>
#include <span>

namespace ctys::remote {

// The far end of one stream, for the transport process.
struct FarEnd {
  const Job* job;
  int stream;
  std::optional<int> deadline_ms;
};

// Runs the transport to its end: in a process of its own, which then exits. Says Closed for each stream and
// Asking on `control`.
int carry(int control, std::span<const FarEnd> ends, const Way& way);

}  // namespace ctys::remote
