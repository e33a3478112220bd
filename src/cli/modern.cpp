// The modern grammar, read by CLI11: one App, built for the one action that was named.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/modern.hpp"

#include "base/text.hpp"
#include "cli/cli11.hpp"
#include "cli/modern_options.hpp"
#include "cli/vhost.hpp"
#include "cli/vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

constexpr std::size_t kMaxShown = 200;  // of a message of CLI11, which quotes the line

// A word CLI11 left over, or a failure it found, in our words.
tl::unexpected<Error> unknown_option(const ActionWord& action, std::string_view word) {
  std::vector<std::string_view> known;
  for (const auto& option : long_options())
    if (option.actions.has(action.action) && shown(option)) known.push_back(option.name);
  const auto name = word.substr(0, word.find('='));
  const auto best = text::nearest(name.substr(std::min(name.find_first_not_of('-'), name.size())), known);
  return fail(Exit::usage, "unknown option " + in_quotes(name) + " of " + std::string(action.name), {},
              !best.empty() && name.size() > 2
                  ? "did you mean '--" + std::string(best) + "'?"
                  : "'ctys help " + std::string(action.name) + "' lists the options");
}

std::string flag_name(const LongOption& option) {
  std::string name = "--" + std::string(option.name);
  if (option.letter != '\0') name += std::string(",-") + option.letter;
  return name;
}

struct Added {
  const LongOption* option;
  CLI::Option* parsed;
};

std::vector<Added> add_options(CLI::App& app, const ActionWord& action) {
  std::vector<Added> added;
  for (const auto& option : long_options()) {
    if (!option.actions.has(action.action)) continue;
    const auto accept = [](const CLI::results_t&) { return true; };
    CLI::Option* parsed = app.add_option(flag_name(option), accept);
    if (option.value.empty())
      parsed->type_size(0)->expected(0);
    else
      parsed->type_size(1)->expected(1);
    parsed->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    added.push_back({&option, parsed});
  }
  return added;
}

tl::unexpected<Error> in_our_words(const ActionWord& action, const std::vector<Added>& added,
                                   const CLI::ParseError& error) {
  const std::string what = error.what();
  for (const auto& [option, parsed] : added) {
    const std::string name = "--" + std::string(option->name);
    if (what.find(name) == std::string::npos || (what + " ").find(name + "-") != std::string::npos) continue;
    if (option->value.empty())
      return fail(Exit::usage, "the option '" + name + "' takes no value", {}, "write " + name + " alone");
    return fail(Exit::usage, "the option '" + name + "' has no value", {},
                "write " + name + " " + std::string(option->value));
  }
  return fail(Exit::usage, "cannot read the options of " + std::string(action.name),
              text::printable(std::string_view(what).substr(0, kMaxShown)),
              "'ctys help " + std::string(action.name) + "' lists the options");
}

// CLI11 reads --flag=false as a flag that is not there, and --option= as one whose value comes next.
Result<void> check_flags(const ActionWord& action, std::span<const std::string> argv) {
  for (const auto& word : argv) {
    if (word == "--") break;
    for (const auto& option : long_options()) {
      const std::string name = "--" + std::string(option.name);
      // The next word would be taken for it.
      if ((!option.value.empty() || option.id == Opt::persist) && option.actions.has(action.action) &&
          word == name + "=")
        return fail(Exit::usage, "the option '" + name + "' has no value", "in " + in_quotes(word),
                    "write it behind the '=', or leave the option out");
      if (option.value.empty() && option.actions.has(action.action) && word.starts_with(name + "="))
        return fail(Exit::usage, "the option '" + name + "' takes no value", "in " + in_quotes(word),
                    "write " + name + " alone, or leave it out");
    }
  }
  return {};
}

// The time of --persist stands behind a '=': the next word is a machine, or a host.
Result<void> check_persist(const ActionWord& action, std::span<const std::string> argv) {
  const auto options = long_options();
  if (std::none_of(options.begin(), options.end(), [&](const LongOption& option) {
        return option.id == Opt::persist && option.actions.has(action.action);
      }))
    return {};
  for (std::size_t at = 0; at + 1 < argv.size() && argv[at] != "--"; ++at) {
    const auto& word = argv[at + 1];
    const bool has_unit = !word.empty() && (word.back() < '0' || word.back() > '9');
    if (argv[at] == "--persist" && has_unit && parse_time("--persist", word))
      return fail(Exit::usage, "'--persist " + word + "' has no '=' before its time", {},
                  std::string("write --persist=")
                      .append(word)
                      .append("; a machine of that name: label:")
                      .append(word));
  }
  return {};
}

// --persist=TIME is the one option that may go without its value: it is read as two.
std::vector<std::string> with_times(std::span<const std::string> argv) {
  constexpr std::string_view kTimed = "--persist=";
  std::vector<std::string> words(argv.begin(), argv.end());
  for (auto& word : words) {
    if (word == "--") break;
    if (word.starts_with(kTimed) && word != kTimed) word.insert(kTimed.size() - 1, "-for");
  }
  return words;
}

// CLI11 reads a word in brackets, such as '[2001:db8::7]', as a list of words: this mark in front of it hides
// them.
constexpr char kShield = '\x01';

void shield(std::vector<std::string>& words) {
  for (auto& word : words)
    if (word.starts_with('[') || word.starts_with(kShield)) word.insert(0, 1, kShield);
}
std::vector<std::string> unshielded(std::vector<std::string> words) {
  for (auto& word : words)
    if (word.starts_with(kShield)) word.erase(0, 1);
  return words;
}

// What the line says, option by option in the order of the vocabulary.
Result<ModernLine> read_line(const ActionWord& action, std::span<const std::string> line_words) {
  const auto argv = with_times(line_words);
  TRY_VOID(check_flags(action, argv));
  TRY_VOID(check_persist(action, argv));
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  ModernLine line;
  line.action = &action;
  const auto added = add_options(app, action);
  std::vector<std::string> words;
  app.add_option("WORD", words)->expected(0, -1);
  std::vector<std::string> reversed(argv.rbegin(), argv.rend());  // as CLI11 wants them
  shield(reversed);
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return in_our_words(action, added, error);
  }
  for (const auto& word : app.remaining())
    if (word.size() > 1 && word.front() == '-' && word != "--") return unknown_option(action, word);
  line.words = unshielded(std::move(words));
  for (const auto& [option, parsed] : added)
    if (parsed->count() > 0) line.options.push_back({option, unshielded(parsed->results()), parsed->count()});
  return line;
}

const ActionWord* find_action(std::string_view name) {
  for (const auto& action : actions())
    if (action.name == name) return &action;
  return nullptr;
}

Result<Command> parse_extra(std::span<const std::string> argv) {
  if (argv[0] == "__complete") return CandidatesWanted{{argv.begin() + 1, argv.end()}};
  if (argv.size() > 2)
    return fail(Exit::usage, "unexpected word " + in_quotes(argv[2]) + " behind " + argv[0], {},
                "name one topic or shell only");
  if (argv.size() == 2 && (argv[1] == "--help" || argv[1] == "-h"))
    return HelpWanted{argv[0] == "help" ? std::string() : argv[0]};
  if (argv[0] == "help") return HelpWanted{argv.size() > 1 ? argv[1] : std::string()};
  constexpr std::string_view kShells = "bash|zsh|fish";
  if (argv.size() < 2) return fail(Exit::usage, "completion has no shell", {}, "write: ctys completion bash");
  if (!is_one_of(argv[1], kShells)) return bad_word("ctys completion", argv[1], kShells);
  return CompletionScriptWanted{text::lower(argv[1])};
}

}  // namespace

Result<Command> parse_modern(std::span<const std::string> argv) {
  const auto* action = find_action(argv[0]);
  const Alias* alias = nullptr;
  for (const auto& entry : aliases())
    if (entry.name == argv[0]) alias = &entry;
  if (alias != nullptr) action = &word_of(alias->action);
  if (action == nullptr) return parse_extra(argv);
  if (action->operands == Operands::query) return parse_inventory(action->action, argv.subspan(1), false);
  auto line = TRY(read_line(*action, argv.subspan(1)));
  if (alias != nullptr && !alias->options.empty()) {
    std::vector<std::string> implied;
    for (const auto word : text::split(alias->options, ' ')) implied.emplace_back(word);
    line.implied = TRY(read_line(*action, implied)).options;
  }
  line.alias = alias;
  return command_of(line);
}

}  // namespace ctys::cli
