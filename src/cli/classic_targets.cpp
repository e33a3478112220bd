// Targets of the classic grammar: hosts, groups and stacks with options of their own in parentheses.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   '(-d 3)' localhost'(-g 800x600)' lab01 VMSTACK{ pm1 vm1'(-t QEMU -a create=l:vm1)' }
//
// Single hosts are targets; whatever else is well written is refused by the capability it belongs to.
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/classic.hpp"

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

constexpr int kMaxNesting = 15;  // of brackets, as deep as groups may nest

char closing(char opening) noexcept {
  switch (opening) {
    case '(':
      return ')';
    case '{':
      return '}';
    case '[':
      return ']';
    default:
      return '\0';
  }
}

// Cuts at blanks that stand in no bracket.
Result<std::vector<std::string>> split_targets(std::string_view text) {
  std::vector<std::string> words(1);
  std::string open;  // the closing brackets that are due, the innermost last
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n';
    if (const char close = closing(c); close != '\0') open += close;
    if (open.size() > kMaxNesting) return fail(Exit::usage, "the targets are nested too deeply");
    if (c == ')' || c == '}' || c == ']') {
      if (open.empty() || open.back() != c)
        return fail(Exit::usage, "unbalanced " + in_quotes({&c, 1}) + " in the targets",
                    "in " + in_quotes(text), "quote brackets for the shell: host'(-d 3)'");
      open.pop_back();
    }
    if (is_blank && open.empty())
      words.emplace_back();
    else
      words.back() += c;
  }
  if (!open.empty())
    return fail(Exit::usage, "a bracket is not closed in the targets",
                in_quotes({&open.back(), 1}) + " is missing", "quote brackets for the shell: host'(-d 3)'");
  words.erase(std::remove(words.begin(), words.end(), std::string()), words.end());
  return words;
}

// The words between a pair of brackets; quotes are stripped.
Result<std::vector<std::string>> inside(std::string_view bracketed) {
  std::string text(bracketed.substr(1, bracketed.size() - 2));
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '\'' || c == '"'; }),
             text.end());
  return split_targets(text);
}

// host'(opts)': the options are read as if they stood before it.
Result<void> read_context(ClassicLine& line, std::string_view bracketed) {
  const auto options = TRY(inside(bracketed));
  const auto end = TRY(read_options(line, options));
  if (end < options.size())
    return fail(Exit::usage, "unexpected word " + in_quotes(options[end]) + " in the options of a target",
                "in " + in_quotes(bracketed));
  return {};
}

bool is_target_name(std::string_view word) noexcept {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._-/@:%+~,").find(c) != std::string_view::npos;
  });
}

// A word and the brackets behind it: name (opts) {members} [vm]...
struct Target {
  std::string name;
  std::vector<std::string> brackets;  // each with its own
};

Result<Target> cut_target(const std::string& word) {
  Target target;
  std::size_t at = std::min(word.find_first_of("({["), word.size());
  target.name = word.substr(0, at);
  while (at < word.size()) {
    const char open = word[at];
    if (closing(open) == '\0')
      return fail(Exit::usage, "unexpected text behind a bracket in the target " + in_quotes(word));
    int depth = 0;
    const std::size_t begin = at;
    do {
      if (word[at] == open) ++depth;
      if (word[at] == closing(open)) --depth;
    } while (++at < word.size() && depth > 0);
    target.brackets.push_back(word.substr(begin, at - begin));
  }
  return target;
}

// SUBTASK{...}, SUBGROUP{...}, VMSTACK'(opts)'{...}: the members are checked, then the kind is refused.
Result<void> read_collection(ClassicLine& line, const Target& target) {
  const bool is_stack = text::equal_ci(target.name, "VMSTACK");
  line.draft.refuse(target.name, is_stack ? refusal::kStacks : refusal::kGroups);
  for (const auto& bracketed : target.brackets) {
    ClassicLine member;  // members have options of their own
    if (bracketed.front() == '(') {
      TRY_VOID(read_context(member, bracketed));
    } else {
      const auto members = TRY(inside(bracketed));
      if (members.empty())
        return fail(Exit::usage, "there are no members in " + in_quotes(target.name + bracketed));
      TRY_VOID(read_targets(member, members));
    }
  }
  return {};
}

// -l is the login of all targets that name none; localhost with another user is reached by SSH.
Result<void> add_host(ClassicLine& line, const std::string& name) {
  auto target = TRY(model::parse_target(name));
  if (target.user.empty() && line.login && *line.login != paths::environment("USER").value_or(""))
    target = TRY(model::parse_target(*line.login + "@" + name));
  model::add_target(line.draft.request.where.targets, std::move(target));
  return {};
}

Result<void> read_target(ClassicLine& line, const std::string& word, bool is_only) {
  if (word.front() == '-')
    return fail(Exit::usage, "the option " + in_quotes(word) + " stands behind a target", {},
                "put all options in front of the first target");
  const Target target = TRY(cut_target(word));
  if (is_one_of(target.name, "SUBTASK|SUBGROUP|VMSTACK|VCIRCUIT")) return read_collection(line, target);
  if (target.name.empty() || !is_target_name(target.name))
    return fail(Exit::usage, "bad target " + in_quotes(word), "this is neither a host nor a group");
  const bool is_stack = target.name.ends_with(".VMSTACK") || word.find('[') < word.find('(');
  if (is_stack) line.draft.refuse(target.name, refusal::kStacks);
  for (const auto& bracketed : target.brackets) {
    if (bracketed.front() == '{')
      return fail(Exit::usage, "unexpected braces in the target " + in_quotes(word));
    // With several targets these would be options of one of them.
    ClassicLine other;
    if (bracketed.front() == '(') TRY_VOID(read_context(is_only ? line : other, bracketed));
  }
  if (is_stack || target.name.find_first_of("/+~,") != std::string::npos) {
    line.draft.refuse(target.name, refusal::kGroups);
    return {};
  }
  return add_host(line, target.name);
}

}  // namespace

Result<void> read_targets(ClassicLine& line, std::span<const std::string> words) {
  auto targets = TRY(split_targets(text::join(words, " ")));
  std::string for_all;
  if (!targets.empty() && targets.front().front() == '(') {
    for_all = targets.front();
    targets.erase(targets.begin());
    if (for_all.back() != ')') return fail(Exit::usage, "bad options for all targets " + in_quotes(for_all));
    if (targets.empty())
      return fail(Exit::usage, "the options " + in_quotes(for_all) + " have no target", {},
                  "name a target behind them, or leave out the parentheses");
    TRY_VOID(read_context(line, for_all));
  }
  bool has_context = false;
  for (const auto& target : targets) {
    has_context = has_context || target.back() == ')';
    TRY_VOID(read_target(line, target, targets.size() == 1));
  }
  if (!has_context || targets.size() == 1) return {};
  const auto& hosts = line.draft.request.where.targets;
  if (!line.draft.refused && hosts.size() == 1 && hosts.front().here)
    return fail(Exit::usage, "several targets are this host", "each has options of its own",
                "call ctys once for each of them");
  line.draft.refuse("options of one target", refusal::kContext);
  return {};
}

}  // namespace ctys::cli
