// Host keys that RevokedHostKeys of the SSH configuration takes back, read as OpenSSH reads them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "child.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::ssh {

// In a text of public keys, one a line: the number of the line that has this one, 0: none has. Throws Error
// where a line in front of that is no key.
[[nodiscard]] std::size_t line_with_key(std::string_view text, std::string_view base64);

// Is a key revoked by a file? That may be a text of keys, or a key revocation list, which ssh-keygen reads.
// Whatever keeps it from being read is an Error: no host key may be trusted then.
class Revocation {
 public:
  // `base64`: the key, as known_hosts has it.
  Revocation(std::string file, const std::string& type, const std::string& base64);
  [[nodiscard]] int fd() const { return keygen_ ? keygen_->fd() : -1; }  // -1: step() has the answer
  // Where it is revoked: "file:line", or the file; empty: it is not. nullopt: not yet.
  [[nodiscard]] std::optional<std::string> step();

 private:
  std::string file_;
  std::string place_;
  std::unique_ptr<Child> keygen_;
};

}  // namespace ctys::ssh
