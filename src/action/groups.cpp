// `ctys groups`: lists groups, shows what they are made of, and what targets stand for. Contacts no host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/groups_print.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "groups/expand.hpp"
#include "groups/range.hpp"
#include "model/lexer.hpp"
#include "ui/render.hpp"
#include "ui/terminal.hpp"

#include <unistd.h>

#include <algorithm>

namespace ctys::action {
namespace {

using model::GroupsVerb;

// Stacks are lists of members here: nothing is started.
groups::Rules rules() {
  groups::Rules rules;
  rules.stacks = true;
  return rules;
}

// NAME, @NAME, FOLDER/: the groups they mean, sorted where they are many; all where none is named.
Result<std::vector<std::string>> chosen(const std::vector<std::string>& words, const groups::Source& source) {
  if (words.empty()) return source.names();
  std::vector<std::string> names;
  for (const auto& word : words) {
    const auto name = word.substr(word.starts_with('@') ? 1 : 0);
    const auto before = names.size();
    if (name.ends_with('/') || name == "*")
      for (auto& known : source.names())
        if (name == "*" || known.starts_with(name)) names.push_back(std::move(known));
    if (names.size() == before) {
      if (name.ends_with('/') || !TRY(source.load(name, 0))) return groups::no_group(source, name, {});
      names.push_back(name);
    }
  }
  return names;
}

void complain(const Error& error) {
  (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
}

Exit print_text(const std::string& text) {
  return print(text) ? Exit::ok : Exit::failed;
}

// Whoever made such a file looks for it in vain.
void tell_misnamed() {
  constexpr std::size_t kShown = 5;
  const auto files = groups::misnamed_files(groups::search_path());
  for (std::size_t at = 0; at < std::min(files.size(), kShown); ++at)
    log::write(log::Severity::warning, "groups",
               "no group can be called " + model::in_quotes(files[at]) +
                   ": rename that file to letters, digits and ._-:%+~@");
  if (files.size() > kShown)
    log::write(log::Severity::warning, "groups",
               std::to_string(files.size() - kShown) + " more files have such names");
}

// A group that cannot be read is a row that says so; the others are listed all the same.
Result<Exit> list(const model::Request& request, const groups::Source& source) {
  if (request.groups.words.empty()) tell_misnamed();
  std::vector<GroupRow> rows;
  Exit status = Exit::ok;
  for (const auto& name : TRY(chosen(request.groups.words, source))) {
    auto measure = groups::measure(name, source, rules());
    GroupRow row;
    if (measure) {
      row.measure = *std::move(measure);
    } else {
      row.measure.name = name;
      row.error = std::move(measure).error();
      status = worse(status, row.error->code);
    }
    rows.push_back(std::move(row));
  }
  const bool json = request.output.format == model::Format::json;
  const bool printed = print(json                       ? group_json(rows)
                             : request.groups.mode == 1 ? group_lines(rows)
                                                        : group_table(rows));
  if (!json)
    for (const auto& row : rows)
      if (row.error) complain(*row.error);
  return printed ? status : Exit::failed;
}

Result<Exit> tree(const model::Request& request, const groups::Source& source) {
  std::vector<groups::Tree> trees;
  if (request.groups.words.empty()) {
    trees = folder_trees(source.names(), request.groups.files);
  } else {
    for (const auto& name : TRY(chosen(request.groups.words, source)))
      trees.push_back(TRY(groups::tree(name, source, rules())));
  }
  const bool json = request.output.format == model::Format::json;
  return print_text(json ? tree_json(trees, request.groups.depth) : tree_text(trees, request.groups.depth));
}

// Names of groups as targets: with the '@' that makes them groups, whatever else has that name.
Result<groups::Hosts> members(const model::Request& request, const groups::Source& source) {
  std::vector<std::string> targets;
  const auto& words = request.groups.words;
  targets.reserve(words.size() + 1);
  for (const auto& word : words)
    targets.push_back(word.substr(0, word.find('(')).find_first_of("@!&^,{") > word.size() ? "@" + word
                                                                                           : word);
  if (words.empty()) targets.emplace_back("@*");
  return groups::expand(targets, source, rules());
}

std::string in_lines(const std::vector<std::string>& words, bool one_line) {
  auto text = text::join(words, one_line ? " " : "\n");
  if (!words.empty()) text += '\n';
  return text;
}

Result<Exit> hosts(const model::Request& request, const groups::Source& source) {
  const auto& options = request.groups;
  const bool json = request.output.format == model::Format::json;
  if (options.verb == GroupsVerb::members)
    return print_text(member_text(TRY(members(request, source)), options));
  const auto hosts = TRY(groups::expand(options.words, source, rules()));
  const auto names = groups::names_of(hosts);
  if (options.verb == GroupsVerb::count) return print_text(std::to_string(names.size()) + "\n");
  Exit status = Exit::ok;
  if (options.verb == GroupsVerb::fold) {
    const auto folded = groups::fold(names);
    status = print_text(json            ? words_json(folded)
                        : names.empty() ? ""
                                        : text::join(folded, options.terse ? " " : ",") + "\n");
  } else {
    status = print_text(json ? host_json(hosts) : in_lines(names, options.terse));
  }
  return names.empty() ? worse(status, Exit::nothing) : status;
}

}  // namespace

Exit groups(const model::Request& request) {
  const auto source = groups::usual_source();
  const auto verb = request.groups.verb;
  const auto status = verb == GroupsVerb::list   ? list(request, source)
                      : verb == GroupsVerb::tree ? tree(request, source)
                                                 : hosts(request, source);
  return status ? *status : finish(status.error(), request);
}

}  // namespace ctys::action
