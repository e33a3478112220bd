// From target words to hosts: groups resolved, sets computed, ranges written out, options superposed.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the group files the words name, and nothing else: no host is contacted, no name server asked.
//
// Of every host this gives the options that hold for it, the weakest first, so that "the last one wins" is
// right: those of CONTEXT in the file, its own, those for all targets of the call, and those of the groups it
// was named by, from the inside out. Nothing of one host's options reaches another host.
#pragma once

#include "groups/source.hpp"
#include "groups/words.hpp"

#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace ctys::groups {

struct Host {
  std::string name;                   // [USER@]HOST[:PORT]
  std::vector<std::string> contexts;  // options without their parentheses, the weakest first
  std::string place;                  // "file:line" where it was written; empty: on the command line
};
using Hosts = std::vector<Host>;

struct Rules {
  // Is a bare word the name of a host? Asked before a group of that name is looked for, as ctys has always
  // done; a word that is neither is an error then. Without it a bare word is the group of that name where
  // there is one, a host otherwise. '@' in front of a name means the group in any case.
  std::function<bool(const std::string& host)> is_host;
  // A host with the same options counts once, however often it is named; unless this is set (-A on).
  bool keep_duplicates = false;
  // Take stacks as the list of their members, from the bottom to the top. Without it a stack is refused.
  bool stacks = false;
};

// The targets of one call: words of the command line, '(OPTIONS)' for all of them in front, where wanted.
// All errors are Exit::usage, those of a file with its "file:line". An empty result is none.
[[nodiscard]] Result<Hosts> expand(std::span<const std::string> words, const Source& source,
                                   const Rules& rules);

// Host names of `hosts`, each once, in their order.
[[nodiscard]] std::vector<std::string> names_of(const Hosts& hosts);

// What `ctys groups list` tells about a file.
struct Measure {
  std::string name;
  std::string path;
  std::size_t bytes = 0;
  std::size_t members = 0;   // written in the file
  std::size_t includes = 0;  // groups it includes
  std::size_t hosts = 0;     // once everything is resolved
};
[[nodiscard]] Result<Measure> measure(const std::string& group, const Source& source, const Rules& rules);

// A group and what it is made of.
struct Tree {
  std::string name;  // of a group; for a member as it is written, options and all
  bool is_group = false;
  std::vector<Tree> parts;
};
inline constexpr std::size_t kMaxTree = 100'000;  // lines of one tree
[[nodiscard]] Result<Tree> tree(const std::string& group, const Source& source, const Rules& rules);

}  // namespace ctys::groups
