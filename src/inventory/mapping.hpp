// A file in memory, read only, that may be cut by others meanwhile.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Touching a page that the file has lost raises SIGBUS. Here it reads as zeros from then on, and is_torn
// tells: what was read is checked by the reader anyway, and the answer given up.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace ctys::inventory {

class Mapping {
 public:
  Mapping() = default;
  // Fails when there is no room for it, or too many are open: then the file can still be read by other means.
  [[nodiscard]] static Result<Mapping> of(int fd, std::uint64_t size);
  Mapping(Mapping&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), size_(other.size_), slot_(other.slot_) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(slot_, other.slot_);
    return *this;
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::string_view bytes() const noexcept { return {begin_, begin_ == nullptr ? 0 : size_}; }
  [[nodiscard]] bool is_torn() const noexcept;

 private:
  char* begin_ = nullptr;
  std::size_t size_ = 0;
  std::size_t slot_ = 0;
};

}  // namespace ctys::inventory
