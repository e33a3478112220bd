// A program of OpenSSH that is asked something, without blocking.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "handles.hpp"

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ctys::ssh {

class Child {
 public:
  static constexpr int kNotRun = 127;  // the status of one that is not in PATH

  // What it writes, stderr included, is read up to `limit` bytes; its stdin is `input`, or empty. Throws
  // Error.
  Child(std::vector<std::string> words, std::size_t limit, const std::string& purpose,
        const Descriptor& input = {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  [[nodiscard]] int fd() const { return out_.get(); }
  // Its status as waitpid() gives it, once it has ended; nullopt: not yet.
  [[nodiscard]] std::optional<int> step();
  [[nodiscard]] std::string& text() { return text_; }

 private:
  std::size_t limit_;
  pid_t pid_ = -1;
  Descriptor out_;
  std::string text_;
};

}  // namespace ctys::ssh
