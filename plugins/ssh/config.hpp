// What the user's SSH configuration says about a host, as OpenSSH itself reads it: the output of `ssh -G`.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ssh {

// Where to: [user@]host[:port]; an IPv6 address with a port stands in square brackets.
struct Place {
  std::string host;
  std::string user;   // empty: as configured
  unsigned port = 0;  // 0: as configured
  bool operator==(const Place&) const = default;
};

// Reads one; nullopt when it is none. A host never begins with '-': it would be an option of ssh.
[[nodiscard]] std::optional<Place> parse_place(std::string_view text);
[[nodiscard]] std::string text_of(const Place& place);

struct Config {
  std::string hostname;  // what to connect to
  std::string user;
  unsigned port = 22;
  std::string alias;  // HostKeyAlias: the name the key is known by, where it is not the host's
  std::vector<std::string> identities;  // files, in order
  std::vector<std::string> certificates;
  std::vector<std::string> known_hosts;  // files: the user's first, then the system's
  std::size_t own_known_hosts = 0;       // how many of them are the user's
  std::string revoked;                   // RevokedHostKeys: a file; empty: none
  std::vector<Place> jumps;              // ProxyJump, the nearest first
  std::string proxy_command;
  std::string agent;  // IdentityAgent: a socket, or empty for $SSH_AUTH_SOCK
  bool no_agent = false;
  bool identities_only = false;
  bool batch = false;
  bool public_key = true;
  bool password = true;
  bool keyboard = true;
  std::string kex;  // algorithm lists as OpenSSH names them
  std::string ciphers;
  std::string macs;
  std::string host_keys;
  std::string accepted;  // of the user's own keys
  // "publickey", "keyboard-interactive", "password": which comes first. Those left out are off above.
  std::vector<std::string> preferred;
  int family = 0;  // AF_INET, AF_INET6; AF_UNSPEC: either
  std::optional<std::chrono::seconds> connect_timeout;
};

// The words to run for it. `file`: read instead of the user's configuration, empty: that.
[[nodiscard]] std::vector<std::string> query_of(const Place& place, const std::string& file);

// A word as a shell would need it, for a person to type.
[[nodiscard]] std::string quoted(const std::string& word);

// What begins a line for a person to try: "ssh", with the file where one is read instead.
[[nodiscard]] std::string command_of(const std::string& file);

// Those lines of an answer that are read here.
[[nodiscard]] std::string known_lines(std::string_view answer);

// Most that is read of the answer.
inline constexpr std::size_t kMaxAnswer = 256U << 10;

// Reads the answer; `home` stands for "~", `source` is the file that ssh
// was told to read, for remedies. Throws Error where it is not one. Unknown words are passed over.
[[nodiscard]] Config parse_config(std::string_view answer, const Place& place, const std::string& home,
                                  const std::string& source = {});

}  // namespace ctys::ssh
