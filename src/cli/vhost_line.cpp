// Reads the command lines of the inventory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "cli/macros.hpp"
#include "cli/vhost.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {
namespace {

using model::Format;
using model::InventoryRequest;

struct InventoryLine {
  Draft draft;
  model::Action action{};
  bool classic = false;
  bool chooses_output = false;               // by -o
  Format option_format = Format::automatic;  // --json, --format
  Format word_format = Format::automatic;    // a word of -o
  bool terse = false;
  std::optional<std::string> help;  // topic
  unsigned versions = 0;

  [[nodiscard]] InventoryRequest& inventory() { return draft.request.inventory; }
};

const LongOption* find_option(model::Action action, std::string_view name, char letter) {
  for (const auto& option : long_options())
    if (option.actions.has(action) &&
        (name.empty() ? letter != '\0' && option.letter == letter : option.name == name))
      return &option;
  return nullptr;
}

Result<void> set_format(InventoryLine& line, const std::string& option, const std::string& value) {
  constexpr std::array kFormats{Format::table, Format::tab_gen, Format::rec,     Format::spec,
                                Format::xml,   Format::terse,   Format::machine, Format::json};
  line.draft.request.output.format =
      kFormats[TRY(enum_of<std::size_t>(option, value, "table|tab_gen|rec|spec|xml|terse|machine|json"))];
  return {};
}

// The same one twice is nobody's mistake; of others the last one counts, but who wants JSON reads nothing
// else.
Result<void> choose_format(InventoryLine& line) {
  const auto now = line.draft.request.output.format;
  const auto before = std::exchange(line.option_format, now);
  if (before != Format::automatic && before != now && (before == Format::json || now == Format::json))
    return fail(Exit::usage, "'--json' and '--format' exclude each other", {}, "leave out one of them");
  return {};
}

Result<void> read_output_words(InventoryLine& line, const std::string& value) {
  auto& format = line.draft.request.output.format;
  const auto before = std::exchange(format, Format::automatic);
  TRY_VOID(read_output_list(line.draft, value));
  if (format == Format::automatic)
    format = before;
  else
    line.word_format = format;
  return {};
}

Result<void> apply_output(InventoryLine& line, const LongOption& option, const std::string& value) {
  auto& output = line.draft.request.output;
  const auto name = name_of(option);
  switch (option.id) {
    case Opt::output:
      line.chooses_output = true;
      return read_output_words(line, value);
    case Opt::columns:
      return read_column_list(line.draft, value);
    case Opt::format:
      TRY_VOID(set_format(line, name, value));
      return choose_format(line);
    case Opt::json:
      output.format = Format::json;
      return choose_format(line);
    case Opt::quick_list:
      line.terse = true;
      return {};
    case Opt::no_header:
      output.header = false;
      return {};
    case Opt::sort:
      output.sort.on = true;
      output.sort.field = TRY(column_of(model::Layout::enumerate, name, value))->field;
      return {};
    case Opt::reverse:
      output.sort.on = output.sort.reverse = true;
      return {};
    case Opt::unique:
      output.sort.on = output.sort.unique = true;
      return {};
    default:
      return {};
  }
}

Result<void> apply_option(InventoryLine& line, const LongOption& option, const std::string& value) {
  auto& inventory = line.inventory();
  auto& request = line.draft.request;
  const auto name = name_of(option);
  line.draft.refuse_if(name, option.refused);
  switch (option.id) {
    case Opt::database:
      inventory.databases = value;
      if (value.find_first_not_of(':') == std::string::npos)
        return bad_value(name, value, "there is no directory", "name one, or leave out " + std::string(name));
      return {};
    case Opt::type:
      return read_types(line.draft, name, value);
    case Opt::reachable:
      return read_reachable(line.draft, name, value);
    case Opt::cache:
      return read_cache(line.draft, name, value);
    case Opt::show:
      return read_listing(line.draft, name, value);
    case Opt::batch:
      inventory.batch = true;
      return {};
    case Opt::input:
      if (!is_one_of(value, "CTYSADDRESS|CTYS")) return bad_word(name, value, "CTYSADDRESS|CTYS");
      inventory.is_address = true;
      return {};
    case Opt::reduce:
      inventory.reduce =
          TRY(enum_of<model::Reduce>(name, value, "ALL|FIRST|LAST|COMPLEMENT|SORT|USORT|UNIQUE"));
      return {};
    case Opt::compat:
      inventory.repeats = true;
      return {};
    case Opt::statistics:
      // The original took every digit, and knew what three of them mean.
      if (!line.classic && !is_one_of(value, option.choices)) return bad_word(name, value, option.choices);
      inventory.statistics = TRY(parse_number(name, value, 9));
      return {};
    case Opt::load:
      inventory.load = static_cast<model::Load>(1 + TRY(enum_of<int>(name, value, "MINCNT|MAXCNT|CNT")));
      return {};
    case Opt::runtime:
      inventory.runtime = true;
      return {};
    case Opt::remote:
      return add_targets(line.draft, name, value);
    case Opt::login:
      inventory.login = value;
      return {};
    case Opt::filter:
      inventory.filters.push_back(value);
      return {};
    case Opt::deadline:
      request.deadline = TRY(parse_time(name, value));
      if (request.deadline->count() == 0)
        return bad_value(name, value, "nothing can be done in no time", "allow some time, 10s for example");
      return {};
    case Opt::plan:
      request.plan = true;
      return {};
    case Opt::verbose:
      request.verbosity = std::min(request.verbosity.value_or(1) + 1, 3U);
      return {};
    case Opt::diagnostics:
      return read_diagnostics(line.draft, value);
    case Opt::topic:
      line.help = value;
      return {};
    case Opt::help:
      line.help = std::string(word_of(line.action).name);
      return {};
    case Opt::version:
      ++line.versions;
      return {};
    default:
      return apply_output(line, option, value);
  }
}

tl::unexpected<Error> unknown_option(const InventoryLine& line, std::string_view word) {
  std::vector<std::string_view> known;
  for (const auto& option : long_options())
    if (option.actions.has(line.action) && shown(option)) known.push_back(option.name);
  const auto name = word.substr(0, word.find('='));
  const auto best = word.starts_with("--") ? text::nearest(name.substr(2), known) : std::string_view();
  return fail(Exit::usage,
              "unknown option " + in_quotes(name) + " of " + std::string(word_of(line.action).name), {},
              !best.empty() ? "did you mean '--" + std::string(best) + "'?"
                            : "for a term that begins with '-' write -- in front of it");
}

// One option at `at`, with its value; returns where the next word stands.
Result<std::size_t> read_long(InventoryLine& line, std::span<const std::string> argv, std::size_t at) {
  const std::string_view word = argv[at];
  const auto equals = word.find('=');
  if (word == "-help" || word == "--help") {
    line.help = std::string(word_of(line.action).name);
    return at + 1;
  }
  const auto* option =
      find_option(line.action, word.substr(2, equals == std::string_view::npos ? equals : equals - 2), '\0');
  if (option == nullptr) return unknown_option(line, word);
  std::string value;
  if (option->value.empty()) {
    if (equals != std::string_view::npos)
      return fail(Exit::usage, "the option '" + name_of(*option) + "' takes no value", {},
                  "write " + name_of(*option) + " alone");
  } else if (equals != std::string_view::npos) {
    value = word.substr(equals + 1);
  } else if (++at < argv.size()) {
    value = argv[at];
  } else {
    return fail(Exit::usage, "the option '" + name_of(*option) + "' has no value", {},
                "write " + name_of(*option) + " " + std::string(option->value));
  }
  TRY_VOID(apply_option(line, *option, value));
  return at + 1;
}

// Letters in one word: the first that takes a value takes the rest, or the next word.
Result<std::size_t> read_letters(InventoryLine& line, std::span<const std::string> argv, std::size_t at) {
  const std::string_view word = argv[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const auto* option = find_option(line.action, {}, word[i]);
    if (option == nullptr) return unknown_option(line, word.substr(0, 64));
    if (option->value.empty()) {
      TRY_VOID(apply_option(line, *option, {}));
      continue;
    }
    std::string value(word.substr(i + 1));
    if (value.empty()) {
      if (++at >= argv.size())
        return fail(Exit::usage, std::string("the option '-") + word[i] + "' has no value", {},
                    std::string("write -") + word[i] + " " + std::string(option->value));
      value = argv[at];
    }
    TRY_VOID(apply_option(line, *option, value));
    break;
  }
  return at + 1;
}

Result<void> read_line(InventoryLine& line, std::span<const std::string> argv) {
  bool words_only = false;
  for (std::size_t at = 0; at < argv.size();) {
    const std::string_view word = argv[at];
    if (!words_only && word == "--") {
      words_only = true;
      ++at;
    } else if (!words_only && (word.starts_with("--") || word == "-help")) {
      at = TRY(read_long(line, argv, at));
    } else if (!words_only && word.size() > 1 && word.front() == '-') {
      at = TRY(read_letters(line, argv, at));
    } else {
      line.inventory().words.emplace_back(word);
      ++at;
    }
  }
  return {};
}

// -C MACMAPONLY: a row has a name and two addresses.
Result<void> check_macmap(InventoryLine& line) {
  const auto& inventory = line.inventory();
  const auto& request = line.draft.request;
  const auto refuse = [](std::string why) {
    return fail(Exit::usage, "-C macmaponly cannot give this", std::move(why),
                "ask for dns, mac and tcp only, or leave out -C macmaponly");
  };
  if (inventory.macmap != model::MacmapUse::only) return {};
  if (inventory.batch) return refuse("--batch reads records");
  if (!request.types.empty()) return refuse("macmap.fdb knows no session types");
  if (inventory.reachability.how != model::Reachability::How::none)
    return refuse("-x asks the machines of records");
  if (inventory.prints_address || request.output.format == Format::machine)
    return refuse("a row of macmap.fdb is no record");
  for (const auto& column : request.output.columns)
    if (column.field != Field::tcp && column.field != Field::mac && column.field != Field::net_name)
      return refuse("macmap.fdb has no column " + in_quotes(column.title));
  return {};
}

// What holds unless the line says otherwise.
Result<void> apply_defaults(InventoryLine& line) {
  auto& output = line.draft.request.output;
  const bool has_format = output.format != Format::automatic;
  if (line.terse && !has_format) output.format = Format::terse;
  const bool plain =
      output.columns.empty() && !line.inventory().prints_address && output.titles == model::Titles::none;
  if (output.format == Format::automatic && line.chooses_output && !plain) output.format = Format::terse;
  const bool mapped = line.inventory().macmap == model::MacmapUse::only && output.columns.empty();
  const bool default_columns =
      mapped || (output.columns.empty() && !line.inventory().prints_address &&
                 (output.format == Format::automatic || output.format == Format::tab_gen ||
                  output.format == Format::table || (output.format == Format::terse && line.classic)));
  if (!default_columns) return {};
  // The table that a macro file may define otherwise.
  Draft table;
  constexpr std::string_view kMapped = "tab:28_Name_20%%6_MAC_18%%7_TCP_40";
  const auto words =
      mapped ? std::vector{std::string(kMapped)} : TRY(expand_macros({"{MACRO:TAB_CTYS_VHOST_DEFAULT}"}));
  for (const auto& word : words) TRY_VOID(read_output_list(table, word));
  output.columns = std::move(table.request.output.columns);
  line.inventory().views = std::move(table.request.inventory.views);
  line.inventory().default_columns = true;
  if (output.format == Format::automatic && line.classic) output.format = table.request.output.format;
  return {};
}

// Who asks for JSON must not get text.
Result<void> check_forms(InventoryLine& line) {
  const auto& request = line.draft.request;
  if (line.option_format != Format::automatic && line.word_format != Format::automatic &&
      line.option_format != line.word_format)
    return fail(Exit::usage, "-o and --format (--json) ask for different forms of the output", {},
                "leave out one of them");
  const auto form = request.output.format;
  const bool structured = form == Format::json || form == Format::xml;
  if (structured && request.plan)
    return fail(Exit::usage, "--plan says in words what would be looked for",
                "JSON or XML was asked for as well", "leave out one of them");
  if (form != Format::automatic && line.inventory().load == model::Load::count)
    return fail(Exit::usage, "-c cnt has one form only, HOST;COUNT", "another one was asked for",
                "leave out --json, --format, or the form in -o");
  if (structured && line.inventory().prints_address)
    return fail(Exit::usage, "-o ctysaddress is a form of its own", "JSON or XML was asked for as well",
                "leave out one of them");
  if (line.inventory().listing != model::Listing::none && form != Format::automatic)
    return fail(Exit::usage, "a list has one form only, a line for each entry", "another one was asked for",
                "leave out --json, --format, or the form in -o; ctys groups list --json lists groups");
  return {};
}

Result<void> check_choices(InventoryLine& line) {
  auto& inventory = line.inventory();
  const bool lists = inventory.listing != model::Listing::none;
  if ((lists || inventory.batch) && !inventory.words.empty())
    return fail(Exit::usage,
                std::string(lists ? "a list" : "--batch") + " and words of a query exclude each other",
                "there is " + in_quotes(inventory.words.front()), "leave out one of them");
  if (lists && inventory.batch)
    return fail(Exit::usage, "a list and --batch exclude each other", {}, "leave out one of them");
  const auto& request = line.draft.request;
  const bool terse = request.output.format == Format::automatic || request.output.format == Format::terse ||
                     request.output.format == Format::machine;
  if (inventory.batch &&
      (!terse || request.output.sort.on || inventory.reduce != model::Reduce::all ||
       inventory.reachability.how != model::Reachability::How::none || !inventory.filters.empty() ||
       !request.types.empty() || inventory.is_address || inventory.repeats))
    return fail(Exit::usage, "--batch answers keys, and nothing else",
                "it goes together with --database, --columns and fields of -o only",
                "leave out the other options");
  const bool live = inventory.runtime || inventory.load != model::Load::none;
  if (!live && !request.where.targets.empty())
    return fail(Exit::usage, "-R has no effect", "nobody asked for what runs there", "add -r or -c");
  if (request.deadline && !live && inventory.reachability.how == model::Reachability::How::none)
    return fail(Exit::usage, "--deadline has no effect", "nothing is asked that could be waited for",
                line.action == model::Action::vhost ? "leave it out, or add -x, -r or -c"
                                                    : "leave it out, or add -x");
  if (live && (lists || inventory.batch || inventory.macmap == model::MacmapUse::only))
    return fail(Exit::usage, "-r and -c look at records", "a list, --batch or -C macmaponly was asked for",
                "leave out one of them");
  if (inventory.runtime && inventory.reduce == model::Reduce::complement)
    return fail(Exit::usage, "-r and -M complement exclude each other",
                "machines that run are added where they match", "leave out one of them");
  if (inventory.repeats && inventory.reduce == model::Reduce::complement)
    return fail(Exit::usage, "--compat and -M complement exclude each other",
                "records that do not match have no alternatives", "leave out one of them");
  return {};
}

}  // namespace

Result<Command> parse_inventory(model::Action action, std::span<const std::string> argv, bool classic) {
  InventoryLine line;
  line.action = action;
  line.classic = classic;
  auto& request = line.draft.request;
  request.action = action;
  request.modern = !classic;
  request.scope.all = true;
  line.inventory().is_classic = classic;
  line.inventory().is_search = action == model::Action::find;
  TRY_VOID(read_line(line, argv));
  if (line.help) return HelpWanted{*line.help};
  if (line.versions > 0) return VersionWanted{line.versions > 1, line.terse};
  TRY_VOID(check_choices(line));
  TRY_VOID(check_forms(line));
  TRY_VOID(check_macmap(line));
  if (line.draft.refused) return tl::unexpected<Error>(*std::move(line.draft.refused));
  TRY_VOID(apply_defaults(line));
  if (!classic && !line.inventory().prints_address) TRY_VOID(check_sort(request.output));
  return std::move(line.draft.request);
}

}  // namespace ctys::cli
