// What takes time before a connection begins, without blocking: `ssh -G`, and looking a name up.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "child.hpp"
#include "config.hpp"
#include "handles.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

namespace ctys::ssh {

// A run of `ssh -G -v HOST`.
class Query {
 public:
  Query(const Place& place, const std::string& file);  // throws Error where ssh cannot be started
  [[nodiscard]] int fd() const { return ssh_.fd(); }
  // The answer; nullopt: not yet. Throws Error when ssh refuses.
  [[nodiscard]] std::optional<std::string> step();

 private:
  std::string host_;
  std::string file_;
  Child ssh_;
};

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  int family = 0;
};

// A look-up in a thread of its own: resolvers block. An address in numbers is there at once.
class LookUp {
 public:
  LookUp(const std::string& name, unsigned port, int family);
  [[nodiscard]] int fd() const { return done_.get(); }  // -1: step() has the answer
  // nullopt: not yet. Throws Error where there is no such name.
  [[nodiscard]] std::optional<std::vector<Address>> step();

 private:
  struct Answer;
  std::string name_;
  int family_;
  std::shared_ptr<Answer> answer_;
  Descriptor done_;
};

}  // namespace ctys::ssh
