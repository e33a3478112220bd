// -a ACTION=SUBOPTION,... of the classic grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/classic.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

using model::Action;
using model::Term;

// What one action's list of suboptions says, before it is put together.
struct ActionLine {
  Draft* draft = nullptr;
  std::vector<std::pair<const model::AddressKey*, const Term*>> keys;  // of machine addresses, in order
  std::optional<model::CreateMode> mode;
  std::optional<model::CancelMethod> method;
  bool all_fields = false;  // ALL and NONE of the reading actions
  bool no_fields = false;
};

std::string name_of(const Suboption& word) {
  return std::string(long_form(word.words));
}

std::string argument_of(const Term& term) {
  return term.argument.value_or(std::string());
}

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

// --- CREATE
// ----------------------------------------------------------------------------------------------------

Result<void> set_mode(ActionLine& line, const Suboption& word) {
  using model::CreateMode;
  const auto mode = word.id == Sub::connect     ? CreateMode::connect
                    : word.id == Sub::reuse     ? CreateMode::reuse
                    : word.id == Sub::reconnect ? CreateMode::reconnect
                                                : CreateMode::resume;
  if (line.mode && *line.mode != mode)
    return fail(Exit::usage, "CONNECT, REUSE, RECONNECT and RESUME exclude each other", {},
                "choose one of them");
  line.mode = mode;
  return {};
}

// ON, OFF, tries[%pause].
Result<std::optional<model::Probe>> parse_probe(const Suboption& word, const Term& term) {
  const auto given = model::values(argument_of(term));
  const auto name = name_of(word);
  if (given.size() == 1 && text::equal_ci(given[0], "OFF")) return std::nullopt;
  model::Probe probe;
  if (given.size() == 1 && text::equal_ci(given[0], "ON")) return probe;
  if (given.size() > 2) return bad_value(name, argument_of(term), "there are more than two values");
  constexpr unsigned kMaxTries = 1'000'000;
  probe.tries = TRY(parse_number(name, given[0], kMaxTries));
  if (given.size() == 2) probe.pause = TRY(parse_seconds(name, given[1]));
  return probe;
}

// image[,initrd[,append]], the commas escaped, or with '%' between them.
Result<void> set_kernel(Draft& draft, const Term& term) {
  const auto argument = argument_of(term);
  std::vector<std::string> parts{"KERNEL"};
  if (argument.find(',') == std::string::npos) {
    const auto given = model::values(argument);
    parts.insert(parts.end(), given.begin(), given.end());
  } else {
    const auto first = argument.find(',');
    const auto second = argument.find(',', first + 1);
    parts.push_back(argument.substr(0, first));
    parts.push_back(argument.substr(first + 1, second == std::string::npos ? second : second - first - 1));
    if (second != std::string::npos) parts.push_back(argument.substr(second + 1));
  }
  for (std::size_t i = 1; i < parts.size() && i < 4; ++i)
    if (argument.find(',') != std::string::npos) parts[i] = model::free_text(parts[i]);
  while (parts.size() > 4) {  // blanks of the kernel's command line
    parts[3] += " " + parts[4];
    parts.erase(parts.begin() + 4);
  }
  return set_boot(draft, "KERNEL", parts);
}

// BOOTMODE:KERNEL%image%initrd%append, where the rest is the command line with '%' as blank.
Result<void> set_boot_mode(Draft& draft, const Term& term) {
  auto parts = model::values(argument_of(term));
  while (parts.size() > 4) {
    parts[3] += " " + parts[4];
    parts.erase(parts.begin() + 4);
  }
  return set_boot(draft, "BOOTMODE", parts);
}

// INSTMODE has five parts; the words of the first and the third are fixed.
Result<void> check_install_mode(const Term& term) {
  const auto parts = model::values(argument_of(term));
  if (parts.size() != 5)
    return bad_value("INSTMODE", argument_of(term), "it has five parts",
                     "write INSTMODE:boot%source%target%path%stage");
  constexpr std::string_view kBoot = "CD|DVD|FDD|HDD|USB|VHDD|PXE|KS|CONFIG|DEFAULT";
  if (!parts[0].empty() && !is_one_of(parts[0], kBoot)) return bad_word("INSTMODE", parts[0], kBoot);
  constexpr std::string_view kTarget = "HDD|USB|VHDD|FDD|DEFAULT";
  if (!is_one_of(parts[2], kTarget)) return bad_word("INSTMODE", parts[2], kTarget);
  return {};
}

Result<void> apply_create(ActionLine& line, const Suboption& word, const Term& term) {
  auto& create = line.draft->request.create;
  const auto name = name_of(word);
  switch (word.id) {
    case Sub::connect:
    case Sub::reuse:
    case Sub::reconnect:
    case Sub::resume:
      return set_mode(line, word);
    case Sub::console:
      return set_console(*line.draft, name, argument_of(term));
    case Sub::boot_mode:
      return set_boot_mode(*line.draft, term);
    case Sub::kernel:
      if (argument_of(term).empty()) return set_boot(*line.draft, name, {"KERNEL"});
      return set_kernel(*line.draft, term);
    case Sub::ping:
      create.ping = TRY(parse_probe(word, term));
      return {};
    case Sub::ssh_ping:
      create.ssh_ping = TRY(parse_probe(word, term));
      return {};
    case Sub::wait_server:
      create.wait_server = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::wait_client:
      create.wait_client = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::install_mode:
      return check_install_mode(term);
    default:
      return {};
  }
}

Result<void> finish_create(ActionLine& line) {
  auto& request = line.draft->request;
  if (line.mode) request.create.mode = *line.mode;
  model::Address address;
  for (const auto& [key, term] : line.keys) TRY_VOID(model::add_to_address(address, *key, *term));
  address.text = model::to_text(address);
  check_address(*line.draft, address);
  if (address.keys.empty() && !line.draft->refused)
    return fail(Exit::usage, "CREATE has no machine address", {},
                "name the machine, for example: CREATE=l:web01");
  request.machines = {std::move(address)};
  return {};
}

// --- CANCEL
// ----------------------------------------------------------------------------------------------------

Result<void> set_method(ActionLine& line, model::CancelMethod method) {
  if (line.method && *line.method != method)
    return fail(Exit::usage, "POWEROFF, RESET, REBOOT, INIT, PAUSE and SUSPEND exclude each other", {},
                "choose one of them");
  line.method = method;
  return {};
}

Result<void> apply_cancel(ActionLine& line, const Suboption& word, const Term& term) {
  using model::CancelMethod;
  auto& cancel = line.draft->request.cancel;
  const auto name = name_of(word);
  switch (word.id) {
    case Sub::all:
      cancel.all = true;
      return {};
    case Sub::stack:
      cancel.force = false;
      return {};
    case Sub::force:
      cancel.force = true;
      return {};
    case Sub::self:
      cancel.self = true;
      return {};
    case Sub::power_off:
      cancel.delay.reset();
      if (term.argument) cancel.delay = TRY(parse_seconds(name, *term.argument));
      return set_method(line, CancelMethod::power_off);
    case Sub::reset:
      return set_method(line, CancelMethod::reset);
    case Sub::reboot:
      return set_method(line, CancelMethod::reboot);
    case Sub::pause:
      return set_method(line, CancelMethod::pause);
    case Sub::suspend:
      return set_method(line, CancelMethod::suspend);
    case Sub::init:
      cancel.level = TRY(parse_number(name, argument_of(term), 6));
      return set_method(line, CancelMethod::init);
    case Sub::timeout:
      cancel.timeout = TRY(parse_seconds(name, argument_of(term)));
      return {};
    case Sub::client:
    case Sub::server:
    case Sub::both:
      cancel.part = word.id == Sub::client   ? model::Part::client
                    : word.id == Sub::server ? model::Part::server
                                             : model::Part::both;
      return {};
    default:
      return {};
  }
}

// Several addresses: when a key is repeated, each pair names a machine of its own (l:a,l:b,i:3). BASEPATH
// says where to look for all of them.
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

Result<void> finish_cancel(ActionLine& line) {
  auto& request = line.draft->request;
  auto& cancel = request.cancel;
  if (cancel.part == model::Part::client && line.method)
    return fail(Exit::usage, "CLIENT cannot be combined with a power method",
                "clients have no power to switch", "leave out one of them");
  if (line.method) cancel.method = *line.method;
  TRY_VOID(check_self(cancel));
  request.machines = TRY(addresses_of(line));
  for (auto& address : request.machines) {
    address.text = model::to_text(address);
    check_address(*line.draft, address);
  }
  if (cancel.all && !request.machines.empty())
    return fail(Exit::usage, "ALL and a machine address exclude each other", {}, "leave out one of them");
  if (request.machines.empty() && !cancel.all && !line.draft->refused)
    return fail(Exit::usage, "CANCEL has no machine address", {},
                "name the machine, for example: CANCEL=l:web01, or ALL");
  return {};
}

// --- the actions that read
// ------------------------------------------------------------------------------------------

Result<void> finish_reading(ActionLine& line) {
  auto& request = line.draft->request;
  TRY_VOID(finish_selection(*line.draft, line.all_fields, line.no_fields));
  if (request.action == Action::enumerate) {  // BASEPATH says where to look, not which
    auto is_base = [](const auto& key) { return long_form(key.first->words) == "BASEPATH"; };
    for (const auto& [key, term] : line.keys) {
      if (!is_base(std::pair{key, term})) continue;
      model::Address bases;
      TRY_VOID(model::add_to_address(bases, *key, *term));
      request.enumerate.bases.clear();
      for (auto& pair : bases.keys) request.enumerate.bases.push_back(std::move(pair.value));
    }
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
    if (!scope.all) (text::equal_ci(word, "USRLST") ? scope.users : scope.groups) = std::move(names);
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
