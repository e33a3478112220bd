// Candidates in the modern grammar, and for the first word.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/completion_values.hpp"
#include "cli/groups_options.hpp"
#include "cli/help_attributes.hpp"
#include "cli/jobs_options.hpp"
#include "cli/persist_options.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

using Words = std::span<const std::string>;

constexpr std::size_t kMostWords = 10'000;
constexpr std::size_t kLongestWord = 1U << 16U;

const LongOption* option_named(std::string_view name, model::Action action) {
  for (const auto& option : long_options())
    if (option.name == name && option.actions.has(action)) return &option;
  return nullptr;
}
const LongOption* option_lettered(char letter, model::Action action) {
  for (const auto& option : long_options())
    if (option.letter == letter && option.actions.has(action)) return &option;
  return nullptr;
}

// The words between the action and the unfinished one.
struct Line {
  model::Action action{};
  Operands operands{};
  std::vector<std::string_view> named;     // operands
  std::vector<const LongOption*> options;  // those given
  const LongOption* pending = nullptr;     // its value is the unfinished word
  bool operands_only = false;              // after --
};

void take_option(Line& line, std::string_view word) {
  const LongOption* option = nullptr;
  bool has_value = false;
  if (word.starts_with("--")) {
    const auto equals = word.find('=');
    has_value = equals != std::string_view::npos;
    option = option_named(word.substr(2, has_value ? equals - 2 : equals), line.action);
  } else {
    // Of letters in one word the first that takes a value takes the rest.
    for (std::size_t at = 1; at < word.size() && !has_value; ++at) {
      option = option_lettered(word[at], line.action);
      has_value = option != nullptr && !option->value.empty() && at + 1 < word.size();
    }
  }
  if (option == nullptr) return;
  line.options.push_back(option);
  if (!option->value.empty() && !has_value) line.pending = option;
}

Line read_line(model::Action action, Operands operands, Words words) {
  Line line;
  line.action = action;
  line.operands = operands;
  for (const std::string_view word : words) {
    if (line.pending != nullptr)
      line.pending = nullptr;
    else if (!line.operands_only && word == "--")
      line.operands_only = true;
    else if (!line.operands_only && word.size() > 1 && word.starts_with('-'))
      take_option(line, word);
    else
      line.named.push_back(word);
  }
  return line;
}

void add_value(Found& found, std::string_view prefix, const LongOption& option, model::Action action) {
  if (option.id == Opt::filter) return add_filters(found, prefix, action);
  if (option.id == Opt::boot || option.id == Opt::from) {
    const auto value = found.word().substr(std::min(prefix.size(), found.word().size()));
    if (const auto colon = value.find(':'); colon != std::string_view::npos)
      return found.add(std::string(prefix) + std::string(value.substr(0, colon + 1)), "",
                       Candidate::Kind::files);
  }
  add_kind(found, prefix, option.kind, option.choices, action);
}

void add_options(Found& found, const Line& line) {
  for (const auto& option : long_options()) {
    if (!shown(option) || !option.actions.has(line.action)) continue;
    const bool given = std::find(line.options.begin(), line.options.end(), &option) != line.options.end();
    if (!given || option.repeatable) found.add("--" + std::string(option.name), option.help);
  }
}

void add_attribute_operands(Found& found, const Line& line) {
  constexpr std::string_view kVerbs = "list|get|set|delete";
  if (line.named.empty()) {
    add_choices(found, {}, kVerbs);
    return add_addresses(found, {});
  }
  const auto verb = line.named.front();
  if (!is_one_of(verb, kVerbs) || verb == "list" || line.named.size() == 1) return add_addresses(found, {});
  if (line.named.size() > 2) return;
  const bool sets = verb == "set";
  for (const auto& attribute : attributes())
    found.add(in_case_of(attribute.key, found.word().empty() ? "A" : found.word()) + (sets ? "=" : ""),
              attribute.text, sets ? Candidate::Kind::open : Candidate::Kind::word);
}

// Terms of a query: machines, kinds of keys or columns, and what joins terms.
void add_query_operands(Found& found, const Line& line) {
  if (line.action == model::Action::find)
    add_filters(found, {}, line.action);
  else
    add_addresses(found, {});
  if (line.named.empty() || found.word().empty()) return;
  for (const auto* word : {"AND", "OR", "NOT"}) found.add(in_case_of(word, found.word()), "joins terms");
}

void add_group_operands(Found& found, const Line& line) {
  if (line.named.empty()) add_choices(found, {}, kGroupsVerbs);
  const bool is_bare = line.named.empty() || line.named.front() == "list" || line.named.front() == "tree";
  add_groups(found, {}, is_bare);
}

// A verb, then jobs: those that it can do something with.
void add_job_operands(Found& found, const Line& line) {
  if (line.named.empty()) return add_choices(found, {}, kJobsVerbs);
  const auto verb = line.named.front();
  for (auto& job : found.jobs()) {
    const bool fits = verb == "show" || (verb == "remove" && job.ended) ||
                      ((verb == "wait" || verb == "cancel") && !job.ended);
    if (fits && (verb != "show" || line.named.size() == 1)) found.add(std::move(job.id), job.help);
  }
}

void add_operands(Found& found, const Line& line) {
  switch (line.operands) {
    case Operands::none:
    case Operands::words:
      break;
    case Operands::query:
      add_query_operands(found, line);
      break;
    case Operands::attribute:
      add_attribute_operands(found, line);
      break;
    case Operands::groups:
      add_group_operands(found, line);
      break;
    case Operands::jobs:
      add_job_operands(found, line);
      break;
    case Operands::persist:
      if (line.named.empty()) add_choices(found, {}, kPersistVerbs);
      break;
    case Operands::hosts:
    case Operands::targets:
      add_groups(found, {}, true);
      break;
    case Operands::machines:
    case Operands::one_or_more:
      add_addresses(found, {});
      break;
  }
}

// A machine that stands on the line already is not offered again.
std::vector<Candidate> without(std::vector<Candidate> found, const std::vector<std::string_view>& named) {
  std::erase_if(found, [&](const Candidate& candidate) {
    return std::find(named.begin(), named.end(), candidate.word) != named.end();
  });
  return found;
}

std::vector<Candidate> of_action(model::Action action, Words words, const Surroundings& here) {
  const std::string_view word = words.back();
  const auto line = read_line(action, word_of(action).operands, words.first(words.size() - 1));
  Found found(word, here);
  if (line.pending != nullptr) {
    add_value(found, {}, *line.pending, action);
    return found.take();
  }
  if (!line.operands_only && word.starts_with("--") && word.find('=') != std::string_view::npos) {
    const auto equals = word.find('=');
    if (const auto* option = option_named(word.substr(2, equals - 2), action); option != nullptr)
      add_value(found, word.substr(0, equals + 1), *option, action);
    return found.take();
  }
  if (!line.operands_only && (word.starts_with('-') || line.operands == Operands::none))
    add_options(found, line);
  if (!word.starts_with('-') || line.operands_only) add_operands(found, line);
  return without(found.take(), line.named);
}

std::vector<Candidate> first_word(std::string_view word, const Surroundings& here) {
  Found found(word, here);
  for (const auto& action : actions()) found.add(std::string(action.name), action.summary);
  for (const auto& alias : aliases()) found.add(std::string(alias.name), alias.summary);
  for (const auto& extra : extras()) found.add(std::string(extra.name), extra.summary);
  if (word.starts_with('-')) {
    found.add("--help", "explain ctys");
    found.add("--version", "print the version");
    for (const auto& option : classic_options())
      if (shown(option)) found.add(std::string("-") + option.letter, option.help);
  }
  return found.take();
}

const model::Action* action_named(std::string_view word) {
  for (const auto& action : actions())
    if (text::equal_ci(word, action.name)) return &action.action;
  for (const auto& alias : aliases())
    if (text::equal_ci(word, alias.name)) return &alias.action;
  return nullptr;
}

}  // namespace

std::vector<Candidate> find_candidates(Words words, const Surroundings& here) {
  if (words.empty() || words.size() > kMostWords) return {};
  if (std::any_of(words.begin(), words.end(),
                  [](const std::string& word) { return word.size() > kLongestWord; }))
    return {};
  const std::string_view first = words.front();
  const bool has_value = first.size() > 2 && first[0] == '-' && first[1] != '-';  // -acreate
  if (words.size() == 1 && !has_value) return first_word(first, here);
  if (const auto* action = action_named(first)) return of_action(*action, words.subspan(1), here);
  for (const auto& extra : extras())
    if (first == extra.name) {
      Found found(words.back(), here);
      if (words.size() == 2) add_kind(found, {}, extra.operand, {}, {});
      return found.take();
    }
  return classic_candidates(words, here);
}

std::string candidates(Words words, const Surroundings& here) {
  std::string out;
  for (const auto& [word, help, kind] : find_candidates(words, here)) {
    // A word that cannot be printed as it is cannot be completed either.
    if (text::printable(word) != word) continue;
    switch (kind) {
      case Candidate::Kind::word:
        out += ' ';
        break;
      case Candidate::Kind::open:
        out += '+';
        break;
      case Candidate::Kind::files:
        out += 'f';
        break;
      case Candidate::Kind::folders:
        out += 'd';
        break;
    }
    out += word;
    if (!help.empty()) out += '\t' + help;
    out += '\n';
  }
  return out;
}

}  // namespace ctys::cli
