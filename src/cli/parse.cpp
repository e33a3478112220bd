// Chooses the grammar of a command line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "cli/command.hpp"
#include "cli/macros.hpp"
#include "cli/modern.hpp"
#include "cli/vhost.hpp"
#include "cli/vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

constexpr std::size_t kMaxWords = 10'000;

// ctys-NAME: what it stands for, as the first word of the modern grammar.
Result<std::string> companion_word(std::string_view program) {
  const auto name = program.substr(std::string_view("ctys-").size());
  std::vector<std::string_view> known;
  for (const auto& companion : companions()) {
    if (companion.name == name) {
      if (!companion.refused.empty())
        return fail(Exit::usage, "cannot use " + in_quotes(program), std::string(companion.refused));
      return std::string(name);
    }
    if (shown(companion)) known.push_back(companion.name);
  }
  return fail(Exit::usage, "unknown program name " + in_quotes(program), {}, text::did_you_mean(name, known));
}

bool is_modern_word(std::string_view word) {
  const auto is_named = [&](const auto& entry) { return entry.name == word; };
  const auto companion = companions();
  return std::any_of(actions().begin(), actions().end(), is_named) ||
         std::any_of(aliases().begin(), aliases().end(), is_named) ||
         std::any_of(extras().begin(), extras().end(), is_named) || word == "__complete" ||
         std::any_of(companion.begin(), companion.end(), is_named);
}

std::string_view nearest_word(std::string_view word) {
  std::vector<std::string_view> known;
  for (const auto& entry : actions()) known.push_back(entry.name);
  for (const auto& entry : aliases()) known.push_back(entry.name);
  for (const auto& entry : extras()) known.push_back(entry.name);
  // A beginning that only one of them has: enum, attrib.
  constexpr std::size_t kLeast = 3;
  std::string_view begun;
  if (word.size() >= kLeast)
    for (const auto name : known)
      if (name.starts_with(word)) begun = begun.empty() ? name : std::string_view();
  return begun.empty() ? text::nearest(word, known) : begun;
}

// `ctys --json list`: an option of the modern grammar in front of the action. Returns where the action
// stands.
std::size_t find_action(std::span<const std::string> argv) {
  for (std::size_t at = 0; at < argv.size(); ++at) {
    const std::string_view word = argv[at];
    if (!word.starts_with("--") || word.size() == 2) return is_modern_word(word) ? at : argv.size();
    const auto options = long_options();
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const auto& entry) { return entry.name == word.substr(2); });
    if (option != options.end() && !option->value.empty()) ++at;
  }
  return argv.size();
}

// The line begins with a long option.
Result<Command> parse_leading_options(std::span<const std::string> argv) {
  const auto& first = argv.front();
  if (first == "--help") return HelpWanted{};
  if (first == "--version") return VersionWanted{std::count(argv.begin(), argv.end(), first) > 1, false};
  const auto action = find_action(argv);
  if (action == argv.size() && first == "--compat") return parse_classic(argv);
  if (action == argv.size()) {
    std::vector<std::string_view> known;
    for (const auto& option : long_options()) known.push_back(option.name);
    const std::string_view name = std::string_view(first).substr(2);
    const bool is_known =
        std::find(known.begin(), known.end(), name.substr(0, name.find('='))) != known.end();
    const auto best = text::nearest(name, known);
    return fail(
        Exit::usage,
        is_known ? "there is no action behind " + in_quotes(first) : "unknown option " + in_quotes(first), {},
        is_known || best.empty() ? "write: ctys ACTION [ADDRESS]... [OPTION]..."
                                 : "did you mean '--" + std::string(best) + "'?");
  }
  std::vector<std::string> words{argv[action]};
  words.insert(words.end(), argv.begin(), argv.begin() + static_cast<std::ptrdiff_t>(action));
  words.insert(words.end(), argv.begin() + static_cast<std::ptrdiff_t>(action) + 1, argv.end());
  return parse_modern(words);
}

// Where it stands how a line is written that could not be read, and nothing nearer is known.
std::string page_for(std::span<const std::string> words) {
  const auto action = words.empty() ? std::string_view() : std::string_view(words.front());
  for (const auto& known : actions())
    if (known.name == action) return "'ctys help " + std::string(action) + "' explains it";
  for (const auto& alias : aliases())
    if (alias.name == action)
      return "'ctys help " + std::string(word_of(alias.action).name) + "' explains it";
  return "'ctys help' shows what there is";
}

Result<Command> parse_words(std::span<const std::string> argv) {
  if (argv.empty())
    return fail(Exit::usage, "there is no action", {},
                "write: ctys ACTION [ADDRESS]... [OPTION]...; 'ctys help' explains it");
  const auto& first = argv.front();
  if (is_modern_word(first)) {
    for (const auto& companion : companions())
      if (companion.name == first && !companion.refused.empty())
        return fail(Exit::usage, "cannot use " + in_quotes(first), std::string(companion.refused));
    return parse_modern(argv);
  }
  if (first.starts_with("--") && first.size() > 2) return parse_leading_options(argv);
  const bool is_word =
      !first.empty() && first.front() != '-' && first.front() != '\'' && first.front() != '(';
  const bool has_action = std::any_of(argv.begin(), argv.end(), [](const auto& word) {
    return word.starts_with("-a") || word.find("(-a") != std::string::npos;
  });
  if (is_word && !has_action) {
    const auto best = nearest_word(first);
    if (!best.empty())
      return fail(Exit::usage, "unknown action " + in_quotes(first), {},
                  "did you mean '" + std::string(best) + "'?");
  }
  auto command = parse_classic(argv);
  constexpr std::size_t kLongestName = 64;
  const bool is_plain =
      is_word && first.size() <= kLongestName && first.find_first_of("({/@") == std::string::npos;
  if (!command && is_plain && !has_action)
    return fail(
        Exit::usage, "there is no action " + in_quotes(first), {},
        "'ctys help' shows what there is; for a machine of that name: ctys open " + text::printable(first));
  return command;
}

}  // namespace

Result<Command> parse(std::string_view program, std::span<const std::string> argv) {
  if (argv.size() > kMaxWords)
    return fail(Exit::usage, "the command line is too long",
                std::to_string(argv.size()) + " words, at most " + std::to_string(kMaxWords));
  std::vector<std::string> words(argv.begin(), argv.end());
  // What is being completed is no command yet.
  if (words.empty() || words.front() != "__complete") words = TRY(expand_macros(std::move(words)));
  if (program == "ctys-vhost" && (words.empty() || words.front() != "__complete"))
    return parse_inventory(model::Action::vhost, words, true);
  if (program.starts_with("ctys-")) words.insert(words.begin(), TRY(companion_word(program)));
  auto command = parse_words(words);
  if (!command && command.error().fix.empty()) command.error().fix = page_for(words);
  if (program == "ctys-macmap" && command)
    if (auto* request = std::get_if<model::Request>(&*command)) request->macmap.is_classic = true;
  return command;
}

}  // namespace ctys::cli
