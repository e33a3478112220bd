// The transport process as its caller sees it, and one that is kept for what the same command line asks next.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "model/target.hpp"
#include "wire/message.hpp"

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <termios.h>
#include <vector>

namespace ctys::remote {

// Ended with its owner; a child that was forked since holds nothing of it.
class Carrier {
 public:
  Carrier() = default;
  Carrier(pid_t pid, Fd control) noexcept;
  Carrier(Carrier&& other) noexcept;
  Carrier& operator=(Carrier&& other) noexcept;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  ~Carrier() { end(); }

  void end() noexcept;
  // Out of reach of the keys that end what runs in the foreground of the terminal.
  void into_background() noexcept;
  // It lets go of this process: of its session, its folder and its end. False: it does not, and is to be
  // ended.
  [[nodiscard]] bool detach() noexcept;
  // Somebody else ends it from now on.
  void release() noexcept { pid_ = -1; }
  [[nodiscard]] bool is_ours() const noexcept;
  // In a child that was forked since: it may have closed all descriptors, and their numbers may be others by
  // now.
  [[nodiscard]] bool is_inherited() const noexcept;
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  Fd control;              // what it says of all streams
  wire::LineReader words;  // of that
  Fd detached;             // it says there that it has let go; empty: it never will
  Fd lease;                // of one that is borrowed: where it is given back

 private:
  pid_t pid_ = -1;
  pid_t owner_ = -1;
  bool in_background_ = false;
};

// A stream to a worker that takes another call.
struct Waiting {
  model::Target target;
  std::size_t number = 0;  // the transport's, of the stream
  Fd stream;
  std::vector<std::string> stamps = {};  // what it is trusted for, see stamp.hpp
};

struct Kept {
  Carrier carrier;
  std::string way;  // how its hosts were reached
  std::vector<Waiting> hosts;

  Kept(Carrier its_carrier, std::string its_way, std::vector<Waiting> its_hosts) noexcept;
  Kept(Kept&&) noexcept = default;
  Kept& operator=(Kept&&) noexcept = default;
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept();
};

// Keeps it until it is taken, or the program ends; what was kept before is ended.
void keep(Kept kept);
// What was kept, if it reached all of these hosts, each named once, in the same way, and they still wait.
// `hosts` are theirs, in their order. What does not serve is ended.
[[nodiscard]] std::optional<Kept> take_kept(std::span<const model::Target* const> targets,
                                            const std::string& way);

}  // namespace ctys::remote
