// Bytes on their way in one direction, between two descriptors that do not block.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace ctys::client {

enum class Way { open, closed };

struct Flow {
  static constexpr std::size_t kRoom = 1U << 16;

  int from;
  int to;
  std::string held = {};  // what the other side cannot take yet

  [[nodiscard]] bool has_room() const noexcept { return held.size() < kRoom; }
  // Reads once; a character equal to *stop ends the flow there.
  Way take(const char* stop = nullptr);
  // Writes once.
  Way give();
};

}  // namespace ctys::client
