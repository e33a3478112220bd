// The help text of one action: usage, what it does, options by group, examples, its classic form.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/help_texts.hpp"

#include <algorithm>

namespace ctys::cli::help_text {
namespace {

using model::Action;

// Aliases of an action that are more than another word for it.
Entries aliases_of(Action action) {
  Entries entries;
  for (const auto& alias : aliases())
    if (alias.action == action) entries.list.push_back({std::string(alias.name), std::string(alias.summary)});
  return entries;
}

Entries suboptions_of(Action action) {
  Entries entries;
  for (const auto& sub : suboptions())
    if (shown(sub) && sub.actions.has(action))
      entries.list.push_back({text::join(std::vector{std::string(sub.words)}, "") + std::string(sub.argument),
                              std::string(sub.help)});
  return entries;
}

void add_classic(Document& document, const ActionWord& word) {
  auto entries = suboptions_of(word.action);
  const bool takes_address = word.operands != Operands::none;
  document.emplace_back(Heading{"Classic form"});
  std::string usage = "ctys -t TYPE -a " + text::lower(word.classic);
  if (takes_address || !entries.list.empty()) usage += "=";
  if (takes_address) usage += word.operands == Operands::one_or_more ? "ADDRESS" : "[ADDRESS]";
  if (!entries.list.empty()) usage += takes_address ? "[,SUBOPTION]..." : "[SUBOPTION,...]";
  document.emplace_back(Example{{usage}});
  if (entries.list.empty()) return;
  document.emplace_back(Heading{"Suboptions"});
  document.emplace_back(std::move(entries));
}

}  // namespace

std::string spelled(const LongOption& option) {
  std::string words = option.letter == '\0' ? "    " : std::string("-") + option.letter + ", ";
  words += "--" + std::string(option.name);
  if (!option.value.empty()) words += " " + std::string(option.value);
  return words;
}

Document options_of(Action action) {
  std::vector<std::pair<std::string_view, Entries>> groups;
  for (const auto& option : long_options()) {
    if (!shown(option) || !option.actions.has(action)) continue;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& known) { return known.first == option.group; });
    if (group == groups.end()) group = groups.insert(groups.end(), {option.group, {}});
    std::string help(option.help);
    const auto last_choice = option.choices.substr(option.choices.rfind('|') + 1);
    // Where the sentence names the choices by itself they are not repeated.
    if (option.kind == Kind::choice && help.find(last_choice) == std::string::npos) {
      std::string choices(option.choices);
      std::replace(choices.begin(), choices.end(), '|', ' ');
      help += " (" + choices + ")";
    }
    group->second.list.push_back({spelled(option), std::move(help)});
  }
  Document document;
  for (auto& [name, entries] : groups) {
    document.emplace_back(Heading{std::string(name)});
    document.emplace_back(std::move(entries));
  }
  return document;
}

Document of_action(Action action) {
  const auto& word = word_of(action);
  const auto prose = prose_of(action);
  Document document;
  document.emplace_back(Paragraph{"ctys " + std::string(word.name) + " - " + std::string(word.summary)});
  document.emplace_back(Heading{"Usage"});
  Example usage;
  for (const auto form : text::split(word.usage, '|'))
    usage.lines.push_back("ctys " + std::string(word.name) + " " + std::string(text::trim(form)));
  // A bar inside parentheses is a choice, not another form.
  if (word.usage.find('(') != std::string_view::npos)
    usage.lines = {"ctys " + std::string(word.name) + " " + std::string(word.usage)};
  document.emplace_back(std::move(usage));
  for (const auto paragraph : prose.paragraphs) document.emplace_back(Paragraph{std::string(paragraph)});
  auto options = options_of(action);
  document.insert(document.end(), std::make_move_iterator(options.begin()),
                  std::make_move_iterator(options.end()));
  document.emplace_back(Heading{"Examples"});
  document.emplace_back(Entries{prose.examples});
  if (auto aliases = aliases_of(action); !aliases.list.empty()) {
    document.emplace_back(Heading{"Aliases"});
    document.emplace_back(std::move(aliases));
  }
  if (!word.classic.empty()) add_classic(document, word);
  return document;
}

}  // namespace ctys::cli::help_text
