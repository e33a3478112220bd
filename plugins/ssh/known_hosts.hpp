// Is this the host it claims to be? The known_hosts files, read as OpenSSH reads them, @revoked included.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctys::ssh {

enum class Verdict {
  known,
  unknown,    // no key of this host is there
  changed,    // keys of this host are there, this is none of them
  revoked,    // the key is marked @revoked
  authority,  // only certificate authorities are there, which libssh cannot check
};

// The names a host's key stands under: what HostKeyAlias says, else the host, as "[host]:port" where the
// port is not 22; then the bare host, as OpenSSH does. Lower case.
[[nodiscard]] std::vector<std::string> names_of(const std::string& host, unsigned port,
                                                const std::string& alias);

// The lines of the files that are about a host. A file that is missing is empty; one that is there and cannot
// be read may have a @revoked in it: throws Error.
class Lines {
 public:
  Lines(const std::vector<std::string>& files, const std::vector<std::string>& names);

  // `type` and `base64`: the key, as known_hosts has it.
  [[nodiscard]] Verdict judge(std::string_view type, std::string_view base64) const;
  // Where the line stands that the last verdict but "known" and "unknown" comes from: "file:line".
  [[nodiscard]] std::string place(std::string_view type, std::string_view base64) const;
  // The types of the keys that are known, each once: what the server is asked for first.
  [[nodiscard]] std::vector<std::string> types() const;

 private:
  enum class Mark { none, revoked, authority };
  struct Line {
    Mark mark = Mark::none;
    std::size_t name = 0;  // which of the names it matched
    std::string type;
    std::string base64;
    std::string place;
  };
  void read(const std::string& file, const std::vector<std::string>& names);
  void take(std::string_view text, const std::string& place, const std::vector<std::string>& names);
  std::vector<Line> lines_;
};

// The algorithms by which a server can prove a key of this type, separated by commas.
[[nodiscard]] std::string algorithms_of(const std::string& type);

// Of algorithms, separated by commas, those that are about plain keys.
[[nodiscard]] std::string without_certificates(std::string_view algorithms);

// Both are algorithms, separated by commas: those allowed, and those of them that are wanted first. Nothing
// is allowed: all that is wanted.
[[nodiscard]] std::string in_order(std::string_view wanted, std::string_view allowed);

// The line to add for a key that a person has accepted.
[[nodiscard]] std::string line_of(const std::string& name, std::string_view type, std::string_view base64);
// Appends it to the file, which is made if need be, with its folder. Throws Error.
void remember(const std::string& file, const std::string& line);

}  // namespace ctys::ssh
