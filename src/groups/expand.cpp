// The targets of a call, the size of a group, and the tree of what it is made of.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/expand.hpp"

#include "base/text.hpp"
#include "groups/range.hpp"
#include "groups/resolver.hpp"
#include "groups/set.hpp"

#include <unordered_set>
#include <utility>

namespace ctys::groups {
namespace {

using Names = std::unordered_set<std::string>;

Names set_of(const Hosts& hosts) {
  Names names;
  for (const auto& host : hosts) names.insert(host.name);
  return names;
}

// An operand as it is written.
std::string spelled(const Operand& operand) {
  std::string out = operand.name;
  if (!operand.members.empty()) {
    out += '{';
    for (const auto& word : operand.members) {
      if (out.back() != '{') out += ' ';
      for (const auto& part : word)
        out += (&part == word.data() ? "" : std::string(1, part.op)) + spelled(part);
    }
    out += '}';
  }
  for (const auto& context : operand.contexts) out += "'(" + context + ")'";
  return out;
}

// Draws trees; what is wrong with the groups has been found before, so it always ends.
class Forester {
 public:
  Forester(const Source& source, const Rules& rules) : resolver_(source, rules) {}

  Result<Tree> of_group(const std::string& name, const Position& position) {
    const auto group = TRY(resolver_.group(name, position));
    Tree tree{name, true, {}};
    if (group) TRY_VOID(add_words(tree, group->text.words, {&group->file, group->file.folder}));
    return tree;
  }

 private:
  Result<void> add_words(Tree& tree, const std::vector<Word>& words, const Position& position) {
    for (const auto& word : words) {
      if (word.size() == 1) {
        TRY_VOID(add(tree, word.front(), position));
        continue;
      }
      // Members joined by commas are members; with any other operator the whole is one line.
      bool plain = true;
      for (const auto& operand : word) plain = plain && operand.op == ',';
      if (plain) {
        for (const auto& operand : word) TRY_VOID(add(tree, operand, position));
        continue;
      }
      std::string text;
      for (const auto& operand : word)
        text += (text.empty() ? "" : std::string(1, operand.op)) + spelled(operand);
      tree.parts.push_back({std::move(text), false, {}});
      TRY_VOID(count());
    }
    return {};
  }

  Result<void> add(Tree& tree, const Operand& operand, const Position& position) {
    TRY_VOID(count());
    const auto groups = TRY(resolver_.named_groups(operand, position));
    if (!groups) {
      tree.parts.push_back({spelled(operand), false, {}});
      return {};
    }
    for (const auto& name : groups->names) {
      auto part = TRY(of_group(name, position));
      for (const auto& context : operand.contexts) part.name += "'(" + context + ")'";
      tree.parts.push_back(std::move(part));
    }
    return {};
  }

  Result<void> count() {
    if (++lines_ > kMaxTree)
      return fail(Exit::usage, "the tree has more than " + std::to_string(kMaxTree) + " lines", {},
                  "'ctys groups expand' shows the hosts");
    return {};
  }

  Resolver resolver_;
  std::size_t lines_ = 0;
};

std::size_t members_in(const std::vector<Word>& words) {
  std::size_t count = 0;
  for (const auto& word : words)
    for (const auto& operand : word)
      if (operand.kind == Kind::name)
        ++count;
      else
        count += members_in(operand.members);
  return count;
}

}  // namespace

Hosts combine(char op, Hosts left, Hosts right) {
  const auto in_left = set_of(left);
  const auto in_right = set_of(right);
  Hosts result;
  for (auto& host : left)
    if (in_right.contains(host.name) == (op == '&')) result.push_back(std::move(host));
  if (op == '^')
    for (auto& host : right)
      if (!in_left.contains(host.name)) result.push_back(std::move(host));
  return result;
}

void Resolver::drop_duplicates(Hosts& hosts) {
  Names seen;
  std::erase_if(hosts, [&](const Host& host) {
    std::string key = host.name;
    for (const auto& context : host.contexts) key += '\n' + context;
    return !seen.insert(std::move(key)).second;
  });
}

Result<Hosts> expand(std::span<const std::string> words, const Source& source, const Rules& rules) {
  const auto text = TRY(read_target_text(text::join(words, " ")));
  Resolver resolver(source, rules);
  return resolver.words(text.words, {}, text.contexts);
}

std::vector<std::string> names_of(const Hosts& hosts) {
  std::vector<std::string> names;
  Names seen;
  for (const auto& host : hosts)
    if (seen.insert(host.name).second) names.push_back(host.name);
  return names;
}

Result<Measure> measure(const std::string& name, const Source& source, const Rules& rules) {
  Resolver resolver(source, rules);
  const auto file = TRY(source.load(name, 0));
  const auto group = TRY(resolver.group(name, {}));
  if (!file || !group) return no_group(source, name, {});
  Measure measure{name, file->path, file->content.size(), members_in(group->text.words), 0, 0};
  for (const auto& word : group->text.words)
    for (const auto& operand : word)
      if (operand.kind == Kind::include) ++measure.includes;
  const auto hosts = TRY(resolver.members(group, {}, 0));
  measure.hosts = names_of(hosts).size();
  return measure;
}

Result<Tree> tree(const std::string& name, const Source& source, const Rules& rules) {
  TRY_VOID(measure(name, source, rules));  // what is wrong with it, loops above all
  return Forester(source, rules).of_group(name, {});
}

}  // namespace ctys::groups
