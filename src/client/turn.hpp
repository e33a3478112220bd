// One at a time: whoever replaces a machine's windows, or opens its console in one, keeps others waiting.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "base/result.hpp"
#include "model/record.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace ctys::client {

// A byte of the file "turns" in the run-time folder, locked as long as the object lives, or its process; each
// machine has its own byte.
class Turn {
 public:
  // Waits for whoever has it. Error: still somebody has after `patience`.
  [[nodiscard]] static Result<Turn> take(const model::Record& machine,
                                         std::chrono::milliseconds patience = std::chrono::minutes(1));
  Turn(Turn&& other) noexcept = default;
  Turn& operator=(Turn&&) = delete;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

 private:
  Turn(Fd file, std::int64_t place) : file_(std::move(file)), place_(place) {}

  Fd file_;
  std::int64_t place_;
};

}  // namespace ctys::client
