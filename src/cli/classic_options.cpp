// The single-letter options of the classic grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ctys::cli {
namespace {

constexpr std::string_view kLocations =
    "LOCALONLY|LO|CONNECTIONFORWARDING|CF|DISPLAYFORWARDING|DF|CLIENTONLY|CO|SERVERONLY|SO";

const ClassicOption* find_option(char letter) {
  for (const auto& option : classic_options())
    if (option.letter == letter) return &option;
  return nullptr;
}

Result<void> set_ambiguity(Draft& draft, std::string_view value) {
  constexpr std::string_view kWords = "on|1|off|0";
  if (!is_one_of(value, kWords)) return bad_word("-A", value, kWords);
  draft.request.allow_ambiguous = is_one_of(value, "1|on");
  return {};
}

// -b stack, or sync|async and sequential|parallel.
Result<void> check_background(Draft& draft, std::string_view value) {
  if (text::equal_ci(value, "stack")) {
    draft.refuse("-b stack", refusal::kStacks);
    return {};
  }
  return set_schedule(draft, "-b", value, {});
}

// Words that say "no", and words that need a capability that is not there.
Result<void> check_words(Draft& draft, std::string_view option, std::string_view value,
                         std::string_view harmless, std::string_view later, std::string_view sentence) {
  for (const auto item : text::split(value, ',')) {
    const auto word = item.substr(0, item.find(':'));
    if (is_one_of(word, later))
      draft.refuse(std::string(option) + " " + std::string(item), sentence);
    else if (!is_one_of(item, harmless))
      return bad_word(option, item, std::string(harmless) + "|" + std::string(later));
  }
  return {};
}

// Decimal, 0x hexadecimal, 0 octal, or BASE#DIGITS.
std::optional<unsigned> level_number(std::string_view text) {
  int base = 10;
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    const auto given = text::number(text.substr(0, hash));
    if (!given || *given < 2 || *given > 36) return std::nullopt;
    base = static_cast<int>(*given);
    text.remove_prefix(hash + 1);
  } else if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<void> set_location(Draft& draft, std::string_view value) {
  if (!is_one_of(value, kLocations)) return bad_word("-L", value, kLocations);
  auto& request = draft.request;
  request.server_only = is_one_of(value, "SERVERONLY|SO");
  // Without its server part an action attaches to what runs.
  if (is_one_of(value, "CLIENTONLY|CO")) request.create.mode = model::CreateMode::connect;
  return {};
}

Result<void> set_types(ClassicLine& line, char letter, std::string_view value) {
  auto& types = line.draft.request.types;
  const std::string option{'-', letter};
  if (value.empty()) return bad_value(option, value, "the type is empty", "'ctys plugins' lists the types");
  if (letter == 'T' &&
      line.typed) {  // what -T loads beside the type of -t changes nothing, but may be refused
    const auto chosen = types;
    TRY_VOID(add_types(line.draft, option, value));
    types = chosen;
    return {};
  }
  line.typed = line.typed || letter == 't';
  types.clear();
  return add_types(line.draft, option, value);
}

Result<void> set_login(ClassicLine& line, std::string_view value) {
  if (!model::parse_target(std::string(value) + "@host"))
    return bad_value("-l", value, "this is no user name");
  line.login = value;
  return {};
}

Result<void> check_reuse(std::string_view value) {
  const auto colon = value.find(':');
  if (!text::equal_ci(value.substr(0, colon), "REUSE") || colon == std::string_view::npos ||
      !is_one_of(value.substr(colon + 1), "0|1|2"))
    return bad_word("-k", value, "REUSE:0|REUSE:1|REUSE:2");
  return {};
}

void note(ClassicLine& line, char letter, const std::string& value) {
  if (letter == 'l' || letter == 'w') return;
  // Of these the last one alone counts.
  if (std::string_view("adgMst").find(letter) != std::string_view::npos)
    std::erase_if(line.given, [letter](const std::string& word) { return word.front() == letter; });
  line.given.push_back(letter + value);
}

// An option with an argument.
Result<void> apply(ClassicLine& line, const ClassicOption& option, const std::string& value) {
  auto& draft = line.draft;
  note(line, option.letter, value);
  draft.refuse_if(std::string{'-', option.letter, ' '} + value, option.refused);
  switch (option.letter) {
    case 'a':
      line.action = value;
      return {};
    case 'A':
      return set_ambiguity(draft, value);
    case 'b':
      return check_background(draft, value);
    case 'c':
      return set_lookup(draft, "-c", value);
    case 'C':
      return check_words(draft, "-C", value, "OFF|0", "ON|1|KEEP|KEEPALL|ONLY|RAW|FIN|FOUT|LIFETIME|AUTO",
                         refusal::kDataCache);
    case 'd':
      return read_diagnostics(draft, value);
    case 'D':
      return set_display(draft, "-D", value);
    case 'g':
      return set_geometry(draft, "-g", value);
    case 'H':
      line.help = value;
      return {};
    case 'k':
      return check_reuse(value);
    case 'p':
      return set_databases(draft, "-p", value);
    case 'l':
      return set_login(line, value);
    case 'L':
      return set_location(draft, value);
    case 'M':
      draft.request.message = value;
      return {};
    case 's':
      line.scope = value;
      return {};
    case 't':
    case 'T':
      return set_types(line, option.letter, value);
    case 'x':
      return check_words(draft, "-x", value, "OFF|0", "STAR|1|CHAIN|2", refusal::kNested);
    case 'z':
      return check_words(draft, "-z", value, {}, "NOPTY|PTY|1|2", refusal::kRemote);
    case 'Z':
      return check_words(draft, "-Z", value, "NOSUDO|NOKSU", "KSU|SUDO|ALL", refusal::kPrivileges);
    default:
      return {};
  }
}

// An option without one. -w is a place holder, -E says that this host executes: so it does.
void apply(ClassicLine& line, const ClassicOption& option) {
  auto& draft = line.draft;
  note(line, option.letter, {});
  draft.refuse_if(std::string{'-', option.letter}, option.refused);
  switch (option.letter) {
    case 'h':
      line.help = std::string();
      break;
    case 'n':
      draft.request.plan = true;
      break;
    case 'P':
      draft.request.naming.databases.clear();
      break;
    case 'v':
    case 'V':
      ++line.version;
      break;
    case 'X':
      line.terse = true;
      break;
    case 'y':
      draft.request.color = true;
      break;
    default:
      break;
  }
}

tl::unexpected<Error> unknown_option(const std::string& word, char letter) {
  if (word.starts_with("--"))
    return fail(Exit::usage, "unknown option " + in_quotes(word),
                "the classic grammar has single letters only",
                "long options follow an action: ctys list --json");
  return fail(Exit::usage, "unknown option " + in_quotes({&letter, 1}) + " in " + in_quotes(word), {},
              "'ctys help classic' lists the options");
}

}  // namespace

// -d: the original chose by bits; here a level tells how much: none, what happens, everything. W:0 leaves
// warnings out as well, I:0 what happens; I:2 and PFIN ask for more. The order of the words does not matter.
Result<void> read_diagnostics(Draft& draft, std::string_view value) {
  constexpr unsigned kEverything = 3;
  unsigned level = 0;
  unsigned warnings = 1;
  unsigned information = 1;
  bool final_calls = false;
  for (const auto item : text::split(value, ',')) {
    const auto colon = item.find(':');
    const auto word = item.substr(0, colon);
    const auto argument = colon == std::string_view::npos ? std::string_view{} : item.substr(colon + 1);
    const auto number = level_number(argument);
    if (const auto plain = level_number(item))
      level = *plain;
    else if (is_one_of(word, "WARNING|W") && number)
      warnings = *number;
    else if (is_one_of(word, "INFO|I") && number)
      information = *number;
    else if (is_one_of(word, "PRINTFINAL|PFIN|PF") && (argument.empty() || number))
      final_calls = number.value_or(1) > 0;
    else if (is_one_of(word, "PATTERN|P|MIN|MAX|SUBSYSTEM|S|FILELIST|F|EXCLUDE|INCLUDE"))
      draft.refuse("-d " + std::string(value), refusal::kDiagnostics);
    else
      return bad_value("-d", item, "this is neither a level nor a word of -d", "write -d 2, for example");
  }
  unsigned verbosity = level < 2 ? level + 1 : kEverything;
  if (information == 0) verbosity = std::min(verbosity, 1U);
  if (warnings == 0) verbosity = 0;
  if (information > 1) verbosity = std::max(verbosity, 2U);
  draft.request.verbosity = final_calls ? kEverything : verbosity;
  return {};
}

Result<std::size_t> read_options(ClassicLine& line, std::span<const std::string> argv) {
  std::size_t at = 0;
  for (; at < argv.size(); ++at) {
    const auto& word = argv[at];
    if (word == "--") return at + 1;
    if (word == "--help" || word == "-help") {
      line.help = std::string();
      continue;
    }
    if (word == "--compat") {
      line.compat = true;
      continue;
    }
    if (word.size() < 2 || word.front() != '-') return at;
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* option = find_option(word[i]);
      if (option == nullptr) return unknown_option(word, word[i]);
      if (option->value.empty()) {
        apply(line, *option);
        continue;
      }
      // The argument is the rest of the word, or the next word.
      if (i + 1 == word.size() && at + 1 == argv.size())
        return fail(Exit::usage, std::string("the option '-") + option->letter + "' has no value", {},
                    std::string("write -") + option->letter + " " + std::string(option->value));
      TRY_VOID(apply(line, *option, i + 1 < word.size() ? word.substr(i + 1) : argv[++at]));
      break;
    }
  }
  return at;
}

}  // namespace ctys::cli
