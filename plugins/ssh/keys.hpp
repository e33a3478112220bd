// The user's private keys and certificates, each file read once.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.hpp"
#include "handles.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctys::ssh {

class Keys {
 public:
  // The keys that can be used at once, in the order of the configuration; those with a certificate first in
  // the form that carries it.
  [[nodiscard]] std::vector<Key> usable(const Config& config);
  // Files of it that are there but locked by a passphrase.
  [[nodiscard]] std::vector<std::string> locked(const Config& config);
  // What is wrong with the first file of it that is there, is not locked, and still gives no private key.
  struct Fault {
    std::string why;
    std::string fix;
  };
  [[nodiscard]] std::optional<Fault> fault(const Config& config);
  // The public halves, in base64, of those keys of it and their certificates that only an agent may have in a
  // form that can be used at once.
  [[nodiscard]] std::vector<std::string> public_only(const Config& config);
  // Tries a passphrase: false when it is not the one.
  bool unlock(const std::string& file, const std::string& passphrase);

 private:
  enum class State {
    absent,  // or the public half, which is for an agent
    open,
    locked,   // there, but not readable without a passphrase
    exposed,  // others may read it: OpenSSH ignores it then
    broken,   // no private key, or not all of one
  };
  struct File {
    Key key;  // null: it is not open
    State state = State::absent;
  };
  const File& load(const std::string& file);
  std::map<std::string, File> files_;
  std::map<std::pair<std::string, std::string>, Key> certified_;  // by key file and certificate file
};

}  // namespace ctys::ssh
