// -a ACTION=SUBOPTION,... of the classic grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/classic_action.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

using model::Action;
using model::Term;

// Does the term have an argument where the word takes one?
Result<void> check_argument(const Suboption& word, const Term& term) {
  const bool has = term.argument.has_value() && !term.argument->empty();
  if (word.argument.empty() && term.argument)
    return fail(Exit::usage, name_of(word) + " takes no value", "in " + in_quotes(term.text));
  if (!has && !word.argument.empty() && word.argument.front() != '[')
    return fail(Exit::usage, name_of(word) + " has no value", {},
                "write " + name_of(word) + std::string(word.argument));
  return {};
}

tl::unexpected<Error> unknown_word(Action action, const Term& term) {
  std::vector<std::string_view> known;
  for (const auto& word : suboptions())
    if (word.actions.has(action)) known.push_back(long_form(word.words));
  for (const auto& key : address_keys()) known.push_back(long_form(key.words));
  const auto layout = layout_of(action);
  if (action == Action::list || action == Action::enumerate)
    for (const auto columns : {model::columns(layout), model::extra_columns(layout)})
      for (const auto& column : columns) known.push_back(long_form(column.keywords));
  const std::string name(word_of(action).classic);
  auto fix = text::did_you_mean(term.key, known);
  return fail(
      Exit::usage, "unknown suboption " + in_quotes(term.key) + " of " + name, {},
      fix.empty() ? "'ctys help " + std::string(word_of(action).name) + "' lists them" : std::move(fix));
}

Result<void> finish_reading(ActionLine& line) {
  auto& request = line.draft->request;
  TRY_VOID(finish_selection(*line.draft, line.all_fields, line.no_fields));
  if (request.action == Action::enumerate) {  // BASEPATH says where to look, not which
    auto is_base = [](const auto& key) { return long_form(key.first->words) == "BASEPATH"; };
    model::Address bases;
    for (const auto& [key, term] : line.keys)
      if (is_base(std::pair{key, term})) TRY_VOID(model::add_to_address(bases, *key, *term));
    if (!bases.keys.empty()) request.enumerate.bases.clear();
    for (auto& pair : bases.keys) request.enumerate.bases.push_back(std::move(pair.value));
    line.keys.erase(std::remove_if(line.keys.begin(), line.keys.end(), is_base), line.keys.end());
  }
  request.machines = TRY(addresses_of(line));
  for (auto& address : request.machines) {
    address.text = model::to_text(address);
    check_address(*line.draft, address);
  }
  if (!request.machines.empty() && request.action == Action::info)
    return fail(Exit::usage, "INFO reports on this host and takes no machine address", {},
                "SHOW reports on machines");
  return {};
}

// ISACTIVE=<id>, GETCLIENTPORT=<label>|<id>: one address, a bare word is enough.
Result<void> read_single_address(Draft& draft, std::string_view text) {
  const std::string name(word_of(draft.request.action).classic);
  if (text.empty())
    return fail(Exit::usage, name + " has no machine address", {},
                "name the machine, for example: " + name + "=web01");
  auto address = TRY(model::parse_address(text));
  check_address(draft, address);
  draft.request.machines = {std::move(address)};
  return {};
}

Result<void> read_terms(ActionLine& line, const std::vector<Term>& terms) {
  auto& draft = *line.draft;
  const auto action = draft.request.action;
  const bool has_columns = action == Action::list || action == Action::enumerate;
  for (const auto& term : terms) {
    const auto* word = find_suboption(action, term.key);
    const bool is_column =
        has_columns && !term.argument && model::find_column(layout_of(action), term.key) != nullptr;
    const auto* key = model::find_address_key(term.key);
    if (word != nullptr && !(is_column && !word->argument.empty())) {
      TRY_VOID(check_argument(*word, term));
      draft.refuse_if(name_of(*word), word->refused);
      line.all_fields = line.all_fields || word->id == Sub::all;
      line.no_fields = line.no_fields || word->id == Sub::none;
      TRY_VOID(action == Action::create   ? apply_create(line, *word, term)
               : action == Action::cancel ? apply_cancel(line, *word, term)
                                          : read_output_word(draft, *word, term));
    } else if (is_column) {
      const auto* column = TRY(column_of(layout_of(action), word_of(action).classic, term.key));
      draft.request.output.columns.push_back({column->field, {}, 0, model::Cut::right});
    } else if (key != nullptr) {
      // The same once more names no other machine.
      if (std::none_of(line.keys.begin(), line.keys.end(), [&](const auto& given) {
            return given.first == key && given.second->argument == term.argument;
          }))
        line.keys.emplace_back(key, &term);
    } else if (const bool is_initrd = draft.request.create.boot_mode == "KERNEL" && term.text.front() == '/';
               is_initrd && draft.request.create.initrd.empty()) {
      draft.request.create.initrd =
          model::values(term.text).front();  // KERNEL:image,initrd as the manual wrote it
    } else {
      return unknown_word(action, term);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<model::Address>> addresses_of(const ActionLine& line) {
  const auto is_base = [](const auto* key) { return long_form(key->words) == "BASEPATH"; };
  const auto& keys = line.keys;
  const auto is_repeated = [&](const auto& one) {
    return !is_base(one.first) && std::count_if(keys.begin(), keys.end(), [&](const auto& other) {
                                    return other.first == one.first;
                                  }) > 1;
  };
  const bool repeated = std::any_of(keys.begin(), keys.end(), is_repeated);
  model::Address common;
  std::vector<model::Address> addresses;
  for (const auto& [key, term] : line.keys) {
    if (!repeated || is_base(key)) TRY_VOID(model::add_to_address(common, *key, *term));
    if (repeated && !is_base(key)) TRY_VOID(model::add_to_address(addresses.emplace_back(), *key, *term));
  }
  if (!repeated && !common.keys.empty()) return std::vector{common};
  for (auto& address : addresses)
    address.keys.insert(address.keys.end(), common.keys.begin(), common.keys.end());
  return addresses;
}

const Suboption* find_suboption(Action action, std::string_view key) {
  for (const auto& word : suboptions())
    if (word.actions.has(action) && is_one_of(key, word.words)) return &word;
  return nullptr;
}

Result<void> read_action(Draft& draft, std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  std::string known;
  const ActionWord* action = nullptr;
  for (const auto& word : actions()) {
    if (word.classic.empty()) continue;
    if (text::equal_ci(word.classic, name)) action = &word;
    known += (known.empty() ? "" : "|") + std::string(word.classic);
  }
  if (action == nullptr) return bad_word("-a", name, known);
  draft.request.action = action->action;
  const auto rest = equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  if (action->action == Action::is_active || action->action == Action::client_port)
    return read_single_address(draft, rest);
  const auto terms = TRY(model::lex_suboptions(rest));
  ActionLine line;
  line.draft = &draft;
  TRY_VOID(read_terms(line, terms));
  if (action->action == Action::create) return finish_create(line);
  if (action->action == Action::cancel) return finish_cancel(line);
  return finish_reading(line);
}

Result<void> read_scope(Draft& draft, std::string_view text) {
  auto& scope = draft.request.scope;
  scope = {};
  const auto list_of = [](std::string_view value) {
    if (value.starts_with('(') && value.ends_with(')')) value = value.substr(1, value.size() - 2);
    std::vector<std::string> names;
    for (const auto name : text::split(value, ','))
      if (!name.empty()) names.emplace_back(name);
    return names;
  };
  const auto equals = text.find('=');
  const auto word = text.substr(0, equals);
  const bool has_list = equals != std::string_view::npos;
  if (is_one_of(word, "USRLST|GRPLST") && has_list) {
    auto names = list_of(text.substr(equals + 1));
    if (names.empty()) return bad_value("-s", text, "the list is empty");
    scope.all = names.size() == 1 && text::equal_ci(names[0], "all");
    const bool users = text::equal_ci(word, "USRLST");
    for (const auto& name : names)
      if (!scope.all) tell_unknown_name(name, users);
    if (!scope.all) (users ? scope.users : scope.groups) = std::move(names);
  } else if (text::equal_ci(text, "ALL")) {
    scope.all = true;
  } else if (text::equal_ci(text, "GROUP")) {
    scope.groups = {paths::group_name(getegid())};
  } else if (text::equal_ci(text, "USER")) {
    scope.users = {paths::user_name(geteuid())};
  } else {
    return bad_word("-s", text, "USER|GROUP|USRLST=(u1,u2)|GRPLST=(g1,g2)|ALL");
  }
  return {};
}

}  // namespace ctys::cli
