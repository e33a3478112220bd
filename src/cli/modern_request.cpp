// The operands of the modern grammar, and the request that a line becomes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "cli/groups_options.hpp"
#include "cli/inventory_options.hpp"
#include "cli/jobs_options.hpp"
#include "cli/modern_options.hpp"
#include "cli/persist_options.hpp"
#include "cli/shares.hpp"
#include "cli/vping_options.hpp"
#include "model/address.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ctys::cli {
namespace {

using model::Action;

Result<model::Address> machine_of(Draft& draft, const std::string& word) {
  if (!model::is_placed(word)) {
    auto address = TRY(model::parse_address(word));
    check_address(draft, address);
    return address;
  }
  const auto placed = *model::placed_address(word);
  if (placed.is_stack) draft.refuse(word, refusal::kStacks);
  if (!placed.host.empty()) draft.hosts.emplace_back(placed.host);
  auto address = TRY(model::parse_address(placed.keys));
  check_address(draft, address);
  address.text = word;
  return address;
}

// [list] ADDRESS..., get ADDRESS KEY, set ADDRESS KEY=VALUE or KEY VALUE, delete ADDRESS KEY.
Result<void> read_attribute_words(Draft& draft, std::vector<std::string> words) {
  using model::AttributeVerb;
  constexpr std::string_view kVerbs = "list|get|set|delete";  // as model::AttributeVerb
  auto& attribute = draft.request.attribute;
  const auto verbs = text::split(kVerbs, '|');
  const auto at = words.empty() ? verbs.end() : std::find(verbs.begin(), verbs.end(), words.front());
  std::string verb = "list";
  if (at != verbs.end()) {
    attribute.verb = static_cast<AttributeVerb>(at - verbs.begin());
    verb = words.front();
    words.erase(words.begin());
  }
  if (words.empty())
    return fail(Exit::usage, "attribute " + verb + " has no machine address", {}, "name the machine: web01");
  std::size_t machines = words.size();
  if (attribute.verb != AttributeVerb::list) {
    machines = 1;
    if (words.size() < 2)
      return fail(Exit::usage, "attribute " + verb + " has no key", {},
                  "write: ctys attribute " + verb + " web01 OS" +
                      (attribute.verb == AttributeVerb::set ? "=Debian" : ""));
    const auto equals = words[1].find('=');
    attribute.key = text::upper(words[1].substr(0, equals));
    const bool is_set = attribute.verb == AttributeVerb::set;
    if (is_set && equals != std::string::npos) attribute.value = words[1].substr(equals + 1);
    if (is_set && equals == std::string::npos && words.size() > 2) attribute.value = words[2];
    const std::size_t expected = is_set && equals == std::string::npos ? 3 : 2;
    if (words.size() != expected || (!is_set && equals != std::string::npos) || attribute.key.empty())
      return fail(Exit::usage, "attribute " + verb + " has the wrong number of words", {},
                  std::string("write: ctys attribute ") + verb + " web01 OS" + (is_set ? "=Debian" : ""));
    for (const auto* part : {&attribute.key, &attribute.value})
      if (!text::is_printable(*part))
        return bad_value("attribute " + verb, *part, "it holds control characters or is not UTF-8",
                         "write it as plain text in UTF-8");
  }
  for (std::size_t i = 0; i < machines; ++i)
    draft.request.machines.push_back(TRY(machine_of(draft, words[i])));
  return {};
}

// Its words are hosts.
bool takes_targets(const ActionWord& word) {
  return word.operands == Operands::hosts || word.action == Action::vdbgen;
}

// info and plugins take no address: which word was meant?
tl::unexpected<Error> unexpected_word(Action action, const std::string& name, const std::string& word) {
  constexpr std::size_t kShown = 60;
  const auto shown = text::printable(std::string_view(word).substr(0, kShown));
  return fail(Exit::usage, name + " reports on hosts and takes no address, but was given " + in_quotes(word),
              std::string(refusal::kHostWord),
              action == Action::plugins ? "for one type write: ctys plugins --type " + text::upper(shown)
                                        : "for another host write: ctys " + name + " --on " + shown +
                                              "; for a machine: ctys show " + shown);
}

Result<void> read_words(Draft& draft, const ModernLine& line) {
  auto& request = draft.request;
  const std::string name(line.alias != nullptr ? line.alias->name : line.action->name);
  if (line.action->operands == Operands::words) return read_macmap(draft, line);
  if (line.action->operands == Operands::groups) return read_groups(draft, line);
  if (line.action->operands == Operands::targets) return read_vping(draft, line);
  if (line.action->operands == Operands::jobs) return read_jobs(draft, line);
  if (line.action->operands == Operands::persist) return read_persist(draft, line);
  if (line.action->operands == Operands::attribute) return read_attribute_words(draft, line.words);
  if (request.action == Action::distribute && request.where.targets.empty() && draft.own.empty())
    return fail(Exit::usage, name + " has no host", {}, "name hosts or groups: ctys " + name + " lab01 @lab");
  if (takes_targets(*line.action)) return {};
  if (line.action->operands == Operands::none) {
    for (const auto& word : line.words)
      if (word != "localhost") return unexpected_word(request.action, name, word);
    return {};
  }
  for (const auto& word : line.words) request.machines.push_back(TRY(machine_of(draft, word)));
  const bool all = request.action == Action::cancel && request.cancel.all;
  const bool needed = line.action->operands == Operands::one_or_more || request.action == Action::cancel;
  if (all && !request.machines.empty())
    return fail(Exit::usage, "'--all' and a machine address exclude each other", {}, "leave out one of them");
  if (request.machines.empty() && needed && !all)
    return fail(Exit::usage, name + " has no machine address", {},
                "name the machine: ctys " + name + " web01");
  return {};
}

// Everything behind the options that have been applied.
Result<void> finish(Draft& draft, const ModernLine& line) {
  auto& request = draft.request;
  TRY_VOID(apply_choices(draft, line));
  TRY_VOID(check_choices(request, line));
  TRY_VOID(read_words(draft, line));
  TRY_VOID(go_to_hosts(draft, find(line.options, Opt::on) != nullptr));
  TRY_VOID(check_filter(request, line));
  if (request.action == Action::vdbgen) TRY_VOID(finish_vdbgen(draft, line));
  if (request.create.console == model::Console::none) request.server_only = true;
  return {};
}

// The options of one target are those of the classic grammar, as groups hold them.
Result<ClassicLine> with_options(const Draft& draft, const std::vector<std::string>& contexts) {
  ClassicLine own;
  own.draft = draft;
  own.draft.request.where.targets.clear();
  for (const auto& context : contexts) TRY_VOID(read_context(own, context));
  if (own.action)
    return fail(Exit::usage, "the options of a target name an action of their own",
                "'-a " + *own.action + "'; this line says what is done",
                "write the call in the classic grammar: ctys -a ACTION TARGET...");
  if (own.scope) TRY_VOID(read_scope(own.draft, *own.scope));
  auto& output = own.draft.request.output;
  if (own.terse && output.format == model::Format::automatic) output.format = model::Format::terse;
  return own;
}

// Targets with options of their own: a share for each set of options.
Result<void> add_own(std::vector<Share>& shares, const Draft& draft, const ModernLine& line) {
  std::map<std::vector<std::string>, std::size_t> known;
  // Options that name nothing but the login are no reason to ask for something else.
  if (!shares.empty()) known.emplace(std::vector<std::string>(), 0);
  for (const auto& [target, contexts] : draft.own) {
    const auto own = TRY(with_options(draft, contexts));
    const auto [at, is_new] = known.try_emplace(own.given, shares.size());
    if (is_new) {
      shares.push_back({own.draft, false});
      TRY_VOID(finish(shares.back().draft, line));
    }
    model::add_target(shares[at->second].draft.request.where.targets, TRY(with_login(own, target)));
  }
  return {};
}

}  // namespace

Result<Command> command_of(const ModernLine& line) {
  if (find(line.options, Opt::help) != nullptr) return HelpWanted{std::string(line.action->name)};
  if (const auto* version = find(line.options, Opt::version)) return VersionWanted{version->count > 1, false};
  Draft draft;
  auto& request = draft.request;
  request.modern = true;
  request.output.grows = true;
  request.action = line.action->action;
  request.scope.all = request.action != Action::create && request.action != Action::cancel;
  for (const auto& given : line.implied)
    if (find(line.options, given.option->id) == nullptr) TRY_VOID(apply_option(draft, given));
  for (const auto& given : line.options) TRY_VOID(apply_option(draft, given));
  if (takes_targets(*line.action) && !line.words.empty()) TRY_VOID(add_words(draft, line.words));
  // Whoever names the host of a machine asks no others.
  const bool is_somewhere = std::any_of(line.words.begin(), line.words.end(), model::is_placed);
  if (request.action == Action::list && find(line.options, Opt::on) == nullptr && !is_somewhere)
    TRY_VOID(add_known_hosts(draft));
  std::vector<Share> shares;
  if (!request.where.targets.empty() || draft.own.empty()) {
    shares.push_back({draft, false});
    TRY_VOID(finish(shares.back().draft, line));
  }
  TRY_VOID(add_own(shares, draft, line));
  return requests_of(std::move(shares));
}

}  // namespace ctys::cli
