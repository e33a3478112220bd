// Files and descriptors: owned descriptors, bounded reading, replacing by rename.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace ctys {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// strerror for one errno value, without static buffers.
[[nodiscard]] std::string system_message(int error_number);

// The whole file, or an error: missing, unreadable, not a regular file, larger than `limit` bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

// Writes everything, however often the kernel cuts it. False when the reader is gone or the disk is full
// (errno).
[[nodiscard]] bool write_all(int fd, std::string_view bytes) noexcept;

// Removes from a folder what killed processes left there of replace_file below. What is being written stays.
void remove_unfinished(const std::filesystem::path& folder);

// Puts `content` in place of `path` so that a reader sees the old file or the new one: temporary file in the
// same folder, fsync, rename. Missing parent folders are made (mode 0700). `mode` is that of the new file.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                                        unsigned mode = 0600);

}  // namespace ctys
