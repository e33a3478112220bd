// Candidates for values: labels, addresses, columns, types, choices.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion_values.hpp"

#include "base/text.hpp"
#include "cli/draft.hpp"
#include "cli/help.hpp"
#include "model/address.hpp"
#include "model/schema.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

using Open = Candidate::Kind;

// What stands in front of the last member of a list: "a,b,c" -> "a,b,".
std::string with_members(std::string_view prefix, std::string_view word) {
  const auto value = word.substr(std::min(prefix.size(), word.size()));
  const auto comma = value.rfind(',');
  return std::string(prefix) + std::string(comma == std::string_view::npos ? "" : value.substr(0, comma + 1));
}

template <class Visit>
void each_column(model::Action action, Visit visit) {
  const auto layout = layout_of(action);
  for (const auto columns : {model::columns(layout), model::extra_columns(layout)})
    for (const auto& column : columns)
      if (!column.keywords.empty()) visit(text::lower(long_form(column.keywords)), column.title);
}

bool starts_like_option(std::string_view word) noexcept {
  return word.starts_with('-');
}

Candidate::Kind kind_of(const Surroundings::Label& label) {
  return label.whole ? Candidate::Kind::word : Candidate::Kind::open;
}

}  // namespace

void Found::add(std::string candidate, std::string_view help, Candidate::Kind kind) {
  const bool by_shell = kind == Candidate::Kind::files || kind == Candidate::Kind::folders;
  if (by_shell ? !word_.starts_with(candidate) : !std::string_view(candidate).starts_with(word_)) return;
  found_.push_back({std::move(candidate), std::string(help), kind});
}

std::string in_case_of(std::string_view word, std::string_view typed) {
  const bool capital = !typed.empty() && typed.front() >= 'A' && typed.front() <= 'Z';
  return capital ? text::upper(word) : text::lower(word);
}

std::size_t last_term(std::string_view list) noexcept {
  std::size_t begin = 0;
  std::size_t backslashes = 0;
  for (std::size_t at = 0; at < list.size(); ++at) {
    if (list[at] == '\\') {
      ++backslashes;
      continue;
    }
    const bool escaped = backslashes % 2 == 1;
    backslashes = 0;
    if (list[at] != ',' || escaped) continue;
    if (at + 1 < list.size() && list[at + 1] == ',')
      ++at;
    else
      begin = at + 1;
  }
  return begin;
}

void add_choices(Found& found, std::string_view prefix, std::string_view choices) {
  const auto typed = found.word().substr(std::min(prefix.size(), found.word().size()));
  for (const auto choice : text::split(choices, '|'))
    if (const auto colon = choice.find(':'); colon != std::string_view::npos)
      found.add(std::string(prefix) + in_case_of(choice.substr(0, colon + 1), typed), "", Open::open);
    else if (!choice.empty())
      found.add(std::string(prefix) + in_case_of(choice, typed), "");
}

void add_types(Found& found, std::string_view prefix) {
  const auto before = with_members(prefix, found.word());
  const auto typed = found.word().substr(std::min(before.size(), found.word().size()));
  // Types are written in capitals unless the user began otherwise.
  const std::string_view model_case = typed.empty() ? "A" : typed;
  for (const auto& type : found.types()) found.add(before + in_case_of(type, model_case), "session type");
  found.add(before + "all", "every type there is");
}

void add_columns(Found& found, std::string_view prefix, model::Action action, std::string_view behind) {
  const auto before = with_members(prefix, found.word());
  const auto typed = found.word().substr(std::min(before.size(), found.word().size()));
  const auto kind = behind.empty() ? Open::word : Open::open;
  each_column(action, [&](std::string_view name, std::string_view title) {
    found.add(before + in_case_of(name, typed) + std::string(behind), title, kind);
  });
}

void add_filters(Found& found, std::string_view prefix, model::Action action) {
  const auto value = found.word().substr(std::min(prefix.size(), found.word().size()));
  const auto colon = value.find(':');
  if (colon == std::string_view::npos) {
    each_column(action, [&](std::string_view name, std::string_view title) {
      found.add(std::string(prefix) + std::string(name) + ":", title, Open::open);
    });
    return;
  }
  const auto before = std::string(prefix) + std::string(value.substr(0, colon + 1));
  const auto* column = model::find_column(layout_of(action), value.substr(0, colon));
  if (column == nullptr) return;
  if (column->field == Field::type)
    for (const auto& type : found.types()) found.add(before + in_case_of(type, value.substr(colon + 1)), "");
  if (column->field == Field::state)
    add_choices(
        found, before,
        action == model::Action::jobs ? "running|done|failed|cancelled|lost"
        : action == model::Action::persist
            ? "waiting|used|ended"
            : "running|paused|saved|stopped|crashed|dumping|starting|stopping|suspended|defined|unknown");
  if (column->field == Field::label)
    for (const auto& label : found.labels(before)) found.add(before + label.text, "machine", kind_of(label));
}

void add_labels(Found& found, std::string_view prefix, std::string_view special) {
  for (const auto& label : found.labels(prefix))
    found.add(std::string(prefix) + model::escaped(label.text, special, special.empty()), "machine",
              kind_of(label));
}

bool add_address_value(Found& found, std::string_view prefix, std::string_view key,
                       std::string_view special) {
  const auto* known = model::find_address_key(key);
  if (known == nullptr) return false;
  const auto name = long_form(known->words);
  if (name == "LABEL" || name == "NAME") add_labels(found, prefix, special);
  if (name == "ID" || name == "PATHNAME") found.add(std::string(prefix), "", Candidate::Kind::files);
  if (name == "BASEPATH") found.add(std::string(prefix), "", Candidate::Kind::folders);
  return true;
}

void add_addresses(Found& found, std::string_view prefix) {
  const auto value = found.word().substr(std::min(prefix.size(), found.word().size()));
  const auto term = value.substr(last_term(value));
  const auto before = std::string(found.word().substr(0, found.word().size() - term.size()));
  if (const auto colon = term.find(':'); colon != std::string_view::npos) {
    if (add_address_value(found, before + std::string(term.substr(0, colon + 1)), term.substr(0, colon),
                          ",:%"))
      return;
  }
  const auto others = found.count();
  if (term.size() == value.size()) {
    for (const auto& [label, whole] : found.labels(before)) {
      // A label that would be read as something else is written with its key.
      const auto bare = model::to_text({{{"WORD", label}}, {}});
      const auto reading = model::parse_address(bare);
      const bool as_word =
          reading && reading->keys == std::vector<model::Pair>{{"WORD", label}} && !starts_like_option(bare);
      found.add(before + (as_word ? bare : "label:" + model::escaped(label, ",:%", true)), "machine",
                whole ? Open::word : Open::open);
    }
    if (value.starts_with('/') || value.starts_with("./") || value.starts_with("../") ||
        value.starts_with("~/"))
      found.add(before, "", Candidate::Kind::files);
  }
  // Keys are offered once something is typed that no label begins with.
  if (found.count() > others || (term.empty() && term.size() == value.size())) return;
  for (const auto& key : model::address_keys())
    if (key.refused.empty())
      found.add(before + in_case_of(long_form(key.words), term) + ":", key.help, Open::open);
}

void add_groups(Found& found, std::string_view prefix, bool bare) {
  const auto value = found.word().substr(std::min(prefix.size(), found.word().size()));
  const auto behind = value.find_last_of(",!&^") + 1;  // npos + 1 is 0
  const auto before = std::string(prefix) + std::string(value.substr(0, behind));
  for (const auto& group : found.groups()) {
    if (bare && behind == 0) found.add(before + group, "group");
    found.add(std::string(before).append("@").append(group), "group");
  }
}

void add_topics(Found& found, std::string_view prefix) {
  for (const auto& topic : topics()) found.add(std::string(prefix) + std::string(topic.name), topic.summary);
}

void add_kind(Found& found, std::string_view prefix, Kind kind, std::string_view choices,
              model::Action action) {
  switch (kind) {
    case Kind::choice:
      add_choices(found, with_members(prefix, found.word()), choices);
      break;
    case Kind::type:
      add_types(found, prefix);
      break;
    case Kind::column:
      add_columns(found, prefix, action, {});
      break;
    case Kind::address:
      add_addresses(found, prefix);
      break;
    case Kind::file:
      found.add(std::string(prefix), "", Candidate::Kind::files);
      break;
    case Kind::directory:
      found.add(std::string(prefix), "", Candidate::Kind::folders);
      break;
    case Kind::topic:
      add_topics(found, prefix);
      break;
    case Kind::shell:
      add_choices(found, prefix, "bash|zsh|fish");
      break;
    default:
      break;  // free text, numbers, names of users: nothing to offer
  }
}

}  // namespace ctys::cli
