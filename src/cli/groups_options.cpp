// Reads what `ctys groups` is asked for: a verb, or the modes of ctys-groups.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/groups_options.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace ctys::cli {
namespace {

using model::GroupsOptions;
using model::GroupsVerb;

// Which of the options that say what to do is there: at most one, and no verb beside it.
Result<void> read_form(GroupsOptions& groups, const ModernLine& line, bool has_verb) {
  constexpr std::array kForms{Opt::mode, Opt::list_groups, Opt::folders, Opt::files};
  const GivenOption* form = nullptr;
  for (const auto id : kForms)
    if (const auto* given = find(line.options, id)) {
      if (form != nullptr || has_verb)
        return fail(Exit::usage,
                    "'--" + std::string(given->option->name) + "' and '" +
                        (form == nullptr ? line.words.front() : "--" + std::string(form->option->name)) +
                        "' exclude each other",
                    {}, "leave out one of them");
      form = given;
    }
  if (form == nullptr) return {};
  switch (form->option->id) {
    case Opt::mode:
      return read_groups_mode(groups, "--mode", form->values.back());
    case Opt::list_groups:
      groups.verb = GroupsVerb::list;
      groups.mode = 1;
      return {};
    default:
      groups.verb = GroupsVerb::tree;
      groups.files = form->option->id == Opt::files;
      return {};
  }
}

// Names of groups may have '%' between them, as the original wanted it.
void take_names(GroupsOptions& groups, std::span<const std::string> words) {
  const bool names = groups.verb == GroupsVerb::list || groups.verb == GroupsVerb::tree ||
                     groups.verb == GroupsVerb::members;
  for (const auto& word : words)
    for (const auto part : names ? text::split(word, '%') : std::vector<std::string_view>{word})
      if (!part.empty()) groups.words.emplace_back(part);
}

}  // namespace

Result<void> read_groups_mode(GroupsOptions& groups, const std::string& option, const std::string& value) {
  if (!is_one_of(value, kGroupModes)) return bad_word(option, value, kGroupModes);
  groups.mode = static_cast<unsigned>(value.front() - '0');
  groups.numbered = text::lower(value).ends_with('x');
  groups.unique = text::lower(value).ends_with('u');
  groups.verb = groups.mode == 1 ? GroupsVerb::list : GroupsVerb::members;
  return {};
}

Result<void> read_groups(Draft& draft, const ModernLine& line) {
  auto& groups = draft.request.groups;
  const auto verbs = text::split(kGroupsVerbs, '|');
  const auto at =
      line.words.empty() ? verbs.end() : std::find(verbs.begin(), verbs.end(), line.words.front());
  const bool has_verb = at != verbs.end();
  groups.verb = has_verb             ? static_cast<GroupsVerb>(at - verbs.begin())
                : line.words.empty() ? GroupsVerb::list
                                     : GroupsVerb::expand;
  TRY_VOID(read_form(groups, line, has_verb));
  groups.terse = find(line.options, Opt::terse) != nullptr;
  if (const auto* depth = find(line.options, Opt::depth)) {
    if (groups.verb != GroupsVerb::tree)
      return fail(Exit::usage, "'--depth' has no effect", "it belongs to tree", "leave it out");
    constexpr unsigned kDeepest = 100;
    groups.depth = TRY(parse_number("--depth", depth->values.back(), kDeepest));
  }
  take_names(groups, std::span(line.words).subspan(has_verb ? 1 : 0));
  const bool needs_words = groups.verb == GroupsVerb::expand || groups.verb == GroupsVerb::fold ||
                           groups.verb == GroupsVerb::count;
  if (needs_words && groups.words.empty())
    return fail(Exit::usage, "groups " + line.words.front() + " has no target", {},
                "name groups or hosts: ctys groups " + line.words.front() + " @prod 'web[1-9]'");
  const bool has_json = draft.request.output.format == model::Format::json;
  if (has_json && (groups.mode > 0 || groups.terse))
    return fail(
        Exit::usage,
        "'--json' and " + std::string(groups.mode > 0 ? "'--mode'" : "'--terse'") + " exclude each other", {},
        "leave out one of them");
  return {};
}

}  // namespace ctys::cli
