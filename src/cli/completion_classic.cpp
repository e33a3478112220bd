// Candidates in the classic grammar: options of one letter, and the suboptions behind -a ACTION=.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/completion_values.hpp"
#include "model/address.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

const ClassicOption* option_of(char letter) {
  for (const auto& option : classic_options())
    if (option.letter == letter) return &option;
  return nullptr;
}

const ActionWord* action_of(std::string_view classic_name) {
  for (const auto& action : actions())
    if (!action.classic.empty() && text::equal_ci(classic_name, action.classic)) return &action;
  return nullptr;
}

bool takes_address(const ActionWord& action) noexcept {
  return action.operands == Operands::machines || action.operands == Operands::one_or_more;
}

// "on|off|USRLST=(u1,..)|..." without what only describes a form.
std::string plain_choices(std::string_view value) {
  std::string choices;
  for (auto choice : text::split(value, '|')) {
    choice = choice.substr(0, choice.find('['));
    if (choice.empty() || choice.find_first_of("=(.,%") != std::string_view::npos) continue;
    choices += (choices.empty() ? "" : "|") + std::string(choice);
  }
  return choices;
}

// The words a suboption's argument may be: those in capitals in ":CLI|XTERM|VNC[:port]|NONE".
std::string argument_choices(const Suboption& sub) {
  if (sub.id == Sub::boot_mode) return "hdd|cd|pxe|fdd|kernel";
  if (sub.id == Sub::match_state)
    return "active|backup|disabled|empty|template|testdummy|ignore|enabled|present|all";
  if (sub.argument.find('|') == std::string_view::npos || !sub.argument.starts_with(':')) return {};
  std::string choices;
  const auto words = plain_choices(sub.argument.substr(1));
  for (const auto choice : text::split(words, '|'))
    if (!choice.empty() && choice.front() >= 'A' && choice.front() <= 'Z')
      choices += (choices.empty() ? "" : "|") + std::string(choice);
  return choices;
}

// "KEY:" and what is typed of its argument.
void add_argument(Found& found, const std::string& before, std::string_view key, const ActionWord& action) {
  if (takes_address(action) && add_address_value(found, before, key, ",:%")) return;
  for (const auto& sub : suboptions()) {
    if (!shown(sub) || !sub.actions.has(action.action) || !is_one_of(key, sub.words)) continue;
    if (sub.id == Sub::package) {
      for (const auto& type : found.types()) found.add(before + in_case_of(type, key), "session type");
      continue;
    }
    const auto choices = argument_choices(sub);
    for (const auto choice : text::split(choices, '|'))
      if (!choice.empty()) found.add(before + in_case_of(choice, key), "");
  }
}

void add_keys(Found& found, const std::string& before, std::string_view typed, const ActionWord& action) {
  using Kind = Candidate::Kind;
  for (const auto& sub : suboptions()) {
    if (!shown(sub) || !sub.actions.has(action.action)) continue;
    const bool needs_argument = sub.argument.starts_with(':');
    found.add(before + in_case_of(long_form(sub.words), typed) + (needs_argument ? ":" : ""), sub.help,
              needs_argument ? Kind::open : Kind::word);
  }
  if (takes_address(action))
    for (const auto& key : model::address_keys())
      if (key.refused.empty())
        found.add(before + in_case_of(long_form(key.words), typed) + ":", key.help, Kind::open);
  const bool chooses_columns =
      action.action == model::Action::list || action.action == model::Action::enumerate;
  if (chooses_columns) add_columns(found, before, action.action, {});
}

// ACTION[=SUBOPTION,...] behind `prefix`.
void add_action(Found& found, std::string_view prefix) {
  const auto value = found.word().substr(std::min(prefix.size(), found.word().size()));
  const auto equals = value.find('=');
  if (equals == std::string_view::npos) {
    for (const auto& action : actions()) {
      if (action.classic.empty()) continue;
      const auto word = std::string(prefix) + in_case_of(action.classic, value);
      const bool open = action.operands == Operands::one_or_more || action.action == model::Action::cancel;
      found.add(word + (open ? "=" : ""), action.summary,
                open ? Candidate::Kind::open : Candidate::Kind::word);
    }
    return;
  }
  const auto* action = action_of(value.substr(0, equals));
  if (action == nullptr) return;
  const auto list = value.substr(equals + 1);
  const auto term = list.substr(last_term(list));
  const auto before = std::string(found.word().substr(0, found.word().size() - term.size()));
  const auto colon = term.find(':');
  if (colon == std::string_view::npos)
    add_keys(found, before, term, *action);
  else
    add_argument(found, before + std::string(term.substr(0, colon + 1)), term.substr(0, colon), *action);
}

void add_value(Found& found, std::string_view prefix, const ClassicOption& option) {
  if (option.letter == 'a')
    add_action(found, prefix);
  else if (option.kind == Kind::choice)
    add_choices(found, prefix, plain_choices(option.value));
  else
    add_kind(found, prefix, option.kind, {}, {});
}

}  // namespace

std::vector<Candidate> classic_candidates(std::span<const std::string> words, const Surroundings& here) {
  const ClassicOption* pending = nullptr;
  for (const std::string_view word : words.first(words.size() - 1)) {
    const bool is_value = pending != nullptr;
    pending = nullptr;
    if (is_value || word.size() < 2 || word[0] != '-') continue;
    // Of letters in one word the first that takes a value takes the rest.
    for (std::size_t at = 1; at < word.size(); ++at) {
      const auto* option = option_of(word[at]);
      if (option == nullptr || option->value.empty()) continue;
      if (at + 1 == word.size()) pending = option;
      break;
    }
  }
  const std::string_view word = words.back();
  Found found(word, here);
  if (pending != nullptr) {
    if (shown(*pending)) add_value(found, {}, *pending);
  } else if (word.size() > 1 && word[0] == '-') {
    const auto* option = option_of(word[1]);
    if (option != nullptr && shown(*option) && !option->value.empty())
      add_value(found, word.substr(0, 2), *option);
    if (option != nullptr && word.size() == 2) found.add(std::string(word), option->help);
  } else {
    for (const auto& option : classic_options())
      if (shown(option)) found.add(std::string("-") + option.letter, option.help);
  }
  return found.take();
}

}  // namespace ctys::cli
