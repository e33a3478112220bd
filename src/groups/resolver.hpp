// Resolves words to hosts, each group once; the shared part of expand, measure and tree.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "groups/expand.hpp"

#include <memory>
#include <optional>

namespace ctys::groups {

// A group file, read.
struct Group {
  File file;
  Text text;
};

// Where a word stands: which file, and from which folder on its groups are looked for.
struct Position {
  const File* file = nullptr;  // nullptr: the command line
  std::size_t folder = 0;
  [[nodiscard]] std::string place(unsigned line) const {
    return file == nullptr ? std::string() : file->path + ":" + std::to_string(line);
  }
};

class Resolver {
 public:
  Resolver(const Source& source, const Rules& rules) : source_(source), rules_(rules) {}

  // `for_all`: options every host gets, behind those that a group gives its members.
  Result<Hosts> words(const std::vector<Word>& words, const Position& position,
                      const std::vector<std::string>& for_all = {});
  // The group of that name, read; nullptr: there is none.
  Result<std::shared_ptr<const Group>> group(const std::string& name, const Position& position);
  // Its members, with the CONTEXT of its file. `line`: where it is named.
  Result<Hosts> members(const std::shared_ptr<const Group>& group, const Position& position, unsigned line);

  // The names of groups an operand stands for; nullopt: it is no group. `@dir/` and `@*` are several.
  struct Named {
    std::vector<std::string> names;
    std::string user;  // USER@GROUP, GROUP:PORT: for members that have none
    std::string port;
  };
  Result<std::optional<Named>> named_groups(const Operand& operand, const Position& position);
  static void drop_duplicates(Hosts& hosts);

 private:
  struct Step {  // a group that is being resolved
    std::string path;
    std::string name;
    std::string place;  // where it was named
  };
  struct Done {
    Hosts hosts;
    unsigned height = 0;  // of the groups in it
  };

  Result<Hosts> word(const Word& word, const Position& position, const std::vector<std::string>& for_all);
  Result<Hosts> operand(const Operand& operand, const Position& position);
  Result<Hosts> host(const Operand& operand, const Position& position);
  Result<Hosts> named(const Named& named, const Operand& operand, const Position& position);
  Result<void> append(Hosts& all, Hosts more);
  Result<void> add_contexts(Hosts& hosts, const std::vector<std::string>& contexts, bool in_front);
  [[nodiscard]] tl::unexpected<Error> cycle(std::size_t from, const std::string& name,
                                            const std::string& place) const;

  const Source& source_;
  const Rules& rules_;
  std::unordered_map<std::string, std::shared_ptr<const Group>> read_;   // by path
  std::unordered_map<std::string, std::shared_ptr<const Group>> found_;  // by folder and name
  std::unordered_map<std::string, Done> done_;
  std::vector<Step> open_;
  unsigned highest_ = 0;  // of the groups resolved since it was reset
  std::size_t work_ = 0;  // hosts that were passed on
  std::size_t context_bytes_ = 0;
};

}  // namespace ctys::groups
