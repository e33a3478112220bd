// Starts the process that carries the streams.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "remote/carrier.hpp"
#include "remote/transport.hpp"

#include <span>
#include <vector>

namespace ctys::remote {

struct Launched {
  Carrier carrier;
  std::vector<Fd> streams;  // one for each job, in their order; they do not block
};

// The process has `time_left` milliseconds for each job, as far as it has a deadline.
struct Start {
  const Job* job;
  std::optional<int> time_left;
};
// It holds nothing of this process but stdin, stdout and stderr; where the way is kept, not even these.
[[nodiscard]] Result<Launched> launch(std::span<const Start> jobs, const Way& way);

}  // namespace ctys::remote
