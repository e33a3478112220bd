// Hosts that other programs know: readers of ssh_config(5) and of libvirt.conf. Pure, and of hostile input.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ssh_config(5): "KEYWORD ARGUMENTS" or "KEYWORD=ARGUMENTS" a line, arguments in double quotes or not, '#'
// for comments. Of it only Host and Include are read. A word of Host with '*', '?' or '!' is a pattern.
//
// libvirt.conf (https://libvirt.org/uri.html): uri_aliases = [ "NAME=URI", ... ], strings in double, single
// or three double quotes without escapes, over several lines, '#' for comments.
#pragma once

#include "base/result.hpp"
#include "model/target.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::groups {

struct Mention {
  std::string text;
  unsigned line = 0;  // from 1
};

struct SshHosts {
  std::vector<Mention> hosts;     // words of Host that are no patterns, as they are written
  std::vector<Mention> includes;  // patterns of file names, as they are written
};
// At most kMostMentions of each.
[[nodiscard]] SshHosts ssh_hosts(std::string_view config);

struct UriAlias {
  std::string name;
  std::string uri;
  unsigned line = 0;
};
// The aliases up to the first thing that is not understood; at most kMostMentions.
[[nodiscard]] std::vector<UriAlias> uri_aliases(std::string_view config);

inline constexpr std::size_t kMostMentions = 10'000;

// The host a URI of libvirt leads to: with user and port where SSH leads there, the name alone otherwise.
// nullopt: it names none, or is no URI.
[[nodiscard]] std::optional<std::string> host_of_uri(std::string_view uri);

// The target that a word means, where it may stand in a group as that one host. The error says why not.
[[nodiscard]] Result<model::Target> member_of(std::string_view word);

}  // namespace ctys::groups
