// A socket in the run-time folder for exactly one connection of this user.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "base/result.hpp"

#include <string>

namespace ctys::client {

class Gate {
 public:
  // Listens at a path named after this process. Those of processes that are gone are removed.
  [[nodiscard]] static Result<Gate> make();
  Gate(Gate&& other) noexcept = default;
  Gate& operator=(Gate&&) = delete;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { close(); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  // Readable when somebody is there.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  // Who is there, as a socket that does not block; then nobody else gets in. An empty one: it was nobody of
  // this user, or has gone.
  [[nodiscard]] Fd accept();

 private:
  Gate(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  void close();

  Fd fd_;
  std::string path_;
};

}  // namespace ctys::client
