// Which topics there are, and the overview.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/help_texts.hpp"

#include <array>

namespace ctys::cli {
namespace {

struct TopicText {
  Topic topic;
  Document (*text)();
};
Document topic_list();

// Add a topic: a row here, its function in help_texts.hpp.
constexpr std::array kTopics{
    TopicText{{"addresses", "how machines are named"}, help_text::addresses},
    TopicText{{"attributes", "what ctys knows about a machine, key by key"}, help_text::attributes},
    TopicText{{"classic", "the grammar of options -t and -a"}, help_text::classic},
    TopicText{{"completion", "completion of command lines in bash, zsh and fish"}, help_text::completion},
    TopicText{{"environment", "variables that ctys reads"}, help_text::environment},
    TopicText{{"exit", "exit statuses"}, help_text::exit},
    TopicText{{"files", "files that ctys reads and writes"}, help_text::files},
    TopicText{{"filters", "rows and columns: --filter, --columns, --sort"}, help_text::filters},
    TopicText{{"formats", "forms of the output: --format, --json"}, help_text::formats},
    TopicText{{"macros", "pieces of command lines kept in files"}, help_text::macros},
    TopicText{{"query", "how the inventory is searched: terms, AND, OR, NOT"}, help_text::query},
    TopicText{{"targets", "hosts, ranges, groups and sets of them; group files"}, help_text::targets},
    TopicText{{"topics", "this list"}, topic_list},
};

Document topic_list() {
  Entries actions_list;
  for (const auto& action : actions())
    actions_list.list.push_back({std::string(action.name), std::string(action.summary)});
  Entries others;
  for (const auto& [topic, text] : kTopics)
    others.list.push_back({std::string(topic.name), std::string(topic.summary)});
  Document document;
  document.emplace_back(Paragraph{"ctys help TOPIC explains:"});
  document.emplace_back(Heading{"Actions"});
  document.emplace_back(std::move(actions_list));
  document.emplace_back(Heading{"Topics"});
  document.emplace_back(std::move(others));
  return document;
}

// Says what an alias stands for in front of the text of its action.
Document of_alias(const Alias& alias) {
  auto document = help_text::of_action(alias.action);
  const std::string options(alias.options);
  document.insert(document.begin(), Paragraph{"ctys " + std::string(alias.name) + " stands for ctys " +
                                              std::string(word_of(alias.action).name) +
                                              (options.empty() ? "" : " ") + options + "."});
  return document;
}

}  // namespace

std::vector<Topic> topics() {
  std::vector<Topic> all;
  for (const auto& action : actions()) all.push_back({action.name, action.summary});
  for (const auto& entry : kTopics) all.push_back(entry.topic);
  return all;
}

std::optional<Document> document_of(std::string_view topic) {
  if (topic.empty()) return help_text::overview();
  for (const auto& action : actions())
    if (text::equal_ci(topic, action.name)) return help_text::of_action(action.action);
  for (const auto& entry : kTopics)
    if (text::equal_ci(topic, entry.topic.name)) return entry.text();
  for (const auto& alias : aliases())
    if (text::equal_ci(topic, alias.name)) return of_alias(alias);
  if (text::equal_ci(topic, "help")) return topic_list();
  return std::nullopt;
}

Result<std::string> help(std::string_view topic, unsigned width) {
  if (const auto document = document_of(topic)) return to_plain(*document, width);
  std::vector<std::string_view> known;
  for (const auto& [name, summary] : topics()) known.push_back(name);
  for (const auto& alias : aliases()) known.push_back(alias.name);
  constexpr std::size_t kShown = 60;
  const std::string shown_topic = text::printable(text::cut_right(topic, kShown));
  const auto nearest = text::did_you_mean(topic.substr(0, kShown), known);
  return fail(Exit::usage, "there is no help topic '" + shown_topic + "'", {},
              nearest.empty() ? "ctys help topics lists all topics" : nearest);
}

namespace help_text {
namespace {

// The few commands that most people need, with an example each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kCommon{{
    {"ctys list", "machines that run, with their addresses"},
    {"ctys list --all", "stopped ones, too"},
    {"ctys start web01 db01", "start machines, without a console"},
    {"ctys open web01", "open a console; start the machine first if need be"},
    {"ctys stop web01", "shut a machine down in good order"},
    {"ctys suspend web01", "save its state to disk; ctys resume web01 continues it"},
    {"ctys attribute web01", "what ctys knows about it"},
    {"ctys plugins", "which hypervisors are usable here, and why others are not"},
}};

std::string meaning(const Alias& alias) {
  std::string text = "= " + std::string(word_of(alias.action).name);
  if (!alias.options.empty()) text += " " + std::string(alias.options);
  return text;
}

}  // namespace

Document overview() {
  Document document;
  document.emplace_back(Paragraph{
      "ctys finds, starts, opens, lists and stops virtual machines by the names you know them by. A "
      "machine is named by its label, its name, UUID, MAC or network address, or its file."});
  document.emplace_back(Heading{"Usage"});
  document.emplace_back(Example{{"ctys ACTION [ADDRESS]... [OPTION]...",
                                 "ctys -t TYPE -a ACTION[=SUBOPTION,...]     (see ctys help classic)"}});
  Entries common;
  for (const auto& [command, text] : kCommon)
    common.list.push_back({std::string(command), std::string(text)});
  document.emplace_back(Heading{"Common commands"});
  document.emplace_back(std::move(common));
  Entries all;
  for (const auto& action : actions())
    all.list.push_back({std::string(action.name), std::string(action.summary)});
  for (const auto& extra : extras())
    all.list.push_back({std::string(extra.name), std::string(extra.summary)});
  document.emplace_back(Heading{"Actions"});
  document.emplace_back(std::move(all));
  Entries short_words;
  for (const auto& alias : aliases()) short_words.list.push_back({std::string(alias.name), meaning(alias)});
  document.emplace_back(Heading{"Aliases"});
  document.emplace_back(std::move(short_words));
  std::string names;
  for (const auto& entry : kTopics) names += (names.empty() ? "" : ", ") + std::string(entry.topic.name);
  document.emplace_back(Paragraph{
      "ctys help ACTION explains an action with its options, ctys help TOPIC one of: " + names + "."});
  return document;
}

}  // namespace help_text
}  // namespace ctys::cli
