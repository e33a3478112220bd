// Where an action is done: the hosts a command line names, in both grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/draft.hpp"
#include "cli/persist_options.hpp"
#include "groups/expand.hpp"
#include "groups/source.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {
namespace {

constexpr std::size_t kMaxHops = 8;

Result<std::vector<OwnOptions>> read_list(std::string_view option, std::string_view list) {
  std::vector<OwnOptions> targets;
  for (const auto word : text::split(list, ',')) {
    if (word.empty()) return bad_value(option, list, "a host is missing", "write it like lab01,lab02");
    targets.push_back({TRY(model::parse_target(word)), {}});
  }
  return targets;
}

// Groups, sets and ranges of hosts, and options of their own: @lab, @lab!@old, SUBGROUP{a b}, web[1-9],
// lab01(-t QEMU). The
// '@' behind a user and the brackets of an IPv6 address are none of these.
bool is_set(std::string_view list) noexcept {
  const auto begins_word = [&](std::size_t at) {
    return at == 0 || std::string_view(",!&^").find(list[at - 1]) != std::string_view::npos;
  };
  for (std::size_t at = 0; at < list.size(); ++at)
    if ((list[at] == '@' && begins_word(at)) || (list[at] == '[' && !begins_word(at)) || list[at] == '(' ||
        list[at] == '{')
      return true;
  return false;
}

Result<std::vector<OwnOptions>> read_set(std::string_view list) {
  const std::array<std::string, 1> words{std::string(list)};
  const auto every_word_is_a_host = [](const std::string&) { return true; };
  std::vector<OwnOptions> hosts;
  for (auto& host : TRY(groups::expand(words, groups::usual_source(), {every_word_is_a_host})))
    hosts.push_back({TRY(model::parse_target(host.name)), std::move(host.contexts)});
  return hosts;
}

// All names cross in one message.
Result<void> check_chain(const model::Request& request, bool elsewhere) {
  constexpr std::size_t kMostBytes = 512U << 10;
  const auto& where = request.where;
  if (where.via.empty())
    return fail(Exit::usage, "'--chain' has no effect", "there is no host to go through",
                elsewhere ? "add --via HOST" : "add --on HOST and --via HOST");
  std::size_t bytes = 0;
  for (const auto& target : where.targets) bytes += model::text_of(target).size() + 4;
  if (bytes > kMostBytes)
    return fail(Exit::usage, "too many hosts for one gateway",
                "their names have more than " + std::to_string(kMostBytes >> 10U) + " KiB",
                "ask them in several calls, or leave out --chain");
  const auto& create = request.create;
  const bool shows = create.mode == model::CreateMode::connect ||
                     create.mode == model::CreateMode::reconnect ||
                     create.console.value_or(model::Console::none) != model::Console::none;
  if (request.action == model::Action::create && shows && !request.server_only)
    return fail(Exit::usage, "no console comes through gateways that log in by themselves (--chain)", {},
                "leave out --chain, or start it with --console none");
  return {};
}

}  // namespace

Result<void> add_targets(Draft& draft, std::string_view option, std::string_view list) {
  auto& targets = draft.request.where.targets;
  auto named = is_set(list) ? TRY(read_set(list)) : TRY(read_list(option, list));
  if (named.empty())
    return bad_value(option, list, "no host is left of these groups", "see what they hold: ctys groups tree");
  if (targets.size() + draft.own.size() + named.size() > kMaxTargets)
    return bad_value(option, list, "there are more than " + std::to_string(kMaxTargets) + " hosts");
  for (auto& host : named) {
    if (host.contexts.empty())
      model::add_target(targets, std::move(host.target));
    else
      draft.own.push_back(std::move(host));
  }
  return {};
}

Result<void> add_known_hosts(Draft& draft) {
  const auto all = groups::usual_source().load("all", 0);
  if (!all) {
    // Nobody has named it: this host is asked where others cannot be known, as with another user's HOME.
    if (draft.request.verbosity.value_or(1) > 0)
      log::write(
          log::Severity::warning, "groups",
          all.error().summary + ": " + all.error().why +
              "; only this host is asked (name others with --on, or correct HOME or CTYS_GROUPS_PATH)");
    return {};
  }
  if (!*all) return {};
  TRY_VOID(add_targets(draft, "--on", "localhost,@all"));
  draft.request.where.all_known = true;
  // This host may be among all: it is asked already.
  std::erase_if(draft.request.where.targets, [](const model::Target& target) {
    const std::string_view own = paths::host_name();
    return !target.here && target.user.empty() && target.port == 0 &&
           (text::equal_ci(target.host, own) || text::equal_ci(target.host, own.substr(0, own.find('.'))));
  });
  return {};
}

Result<void> set_via(Draft& draft, std::string_view option, std::string_view list) {
  auto hops = TRY(read_list(option, list));
  if (hops.size() > kMaxHops)
    return bad_value(option, list, "more than " + std::to_string(kMaxHops) + " hosts to go through");
  if (std::any_of(hops.begin(), hops.end(), [](const auto& hop) { return hop.target.here; }))
    return bad_value(option, list, "this host is where the way begins", "leave localhost out");
  auto& via = draft.request.where.via;
  via.clear();
  for (auto& hop : hops) via.push_back(std::move(hop.target));
  return {};
}

namespace {

bool is_own(std::string_view host) {
  return text::equal_ci(host, "localhost") || paths::same_host(host, paths::host_name());
}

bool is_host(const model::Target& target, std::string_view host) {
  return is_own(host) ? target.here || is_own(target.host) : paths::same_host_name(target.host, host);
}

}  // namespace

Result<void> go_to_hosts(Draft& draft, bool names_hosts) {
  if (draft.hosts.empty()) return {};
  auto& targets = draft.request.where.targets;
  const auto& host = draft.hosts.front();
  const bool is_here = is_own(host);
  const bool one_host = std::all_of(draft.hosts.begin(), draft.hosts.end(), [&](const std::string& other) {
    return is_here ? is_own(other) : paths::same_host_name(other, host);
  });
  const bool all_named = is_here || draft.hosts.size() == draft.request.machines.size();
  if (!one_host || !all_named)
    return fail(Exit::usage, "the machines are on different hosts",
                "one of them is on " + in_quotes(host) +
                    (one_host ? ", another one has no host" : ", another one is not"),
                "name those of each host in a command of their own");
  const bool fits = draft.own.empty() && std::all_of(targets.begin(), targets.end(), [&](const auto& target) {
                      return is_host(target, host);
                    });
  if (names_hosts && !fits)
    return fail(Exit::usage, "the machine is on " + in_quotes(host) + ", and '--on' names another host", {},
                "leave out --on, or the host of the address");
  if (names_hosts) return {};
  draft.own.clear();
  targets.clear();
  if (!is_here) targets.push_back(TRY(model::parse_target(host)));
  return {};
}

void tell_unknown_name(std::string_view name, bool is_user) {
  const std::string whose(name);
  if (is_user ? paths::is_user(whose) : paths::is_group(whose)) return;
  log::write(log::Severity::warning, "scope",
             std::string("there is no ") + (is_user ? "user" : "group") + " '" + whose + "' on this host");
}

Result<void> check_where(Draft& draft) {
  auto& request = draft.request;
  const auto& where = request.where;
  if (request.action == model::Action::vping) return {};  // its words are read as those of groups are
  // What cannot be done at all needs no advice on how to write it.
  if (draft.refused) return {};
  const bool elsewhere = std::any_of(where.targets.begin(), where.targets.end(),
                                     [](const auto& target) { return !target.here; });
  if (where.chain && draft.star)
    return fail(Exit::usage, "'--chain' and '--hops star' exclude each other",
                "each host of --via logs in to the next by itself, or all log-ins are made from here",
                "leave out one of them");
  if (where.chain && request.in_turn)
    return fail(Exit::usage, "'--chain' and '-b seq' exclude each other",
                "a gateway asks all hosts at the same time", "leave out one of them");
  if (where.chain) TRY_VOID(check_chain(request, elsewhere));
  if (!elsewhere) {
    if (!where.via.empty())
      return fail(Exit::usage, "'--via' has no effect", "no other host is asked", "add --on HOST");
    if (!where.may_copy)
      return fail(Exit::usage, "'--no-copy' has no effect", "no other host is asked", "add --on HOST");
    if (where.persist)
      return fail(Exit::usage, "'--persist' has no effect", "no other host is asked", "add --on HOST");
    return {};
  }
  TRY_VOID(settle_persist(request.where));
  if (request.naming.lookup == model::Lookup::inventory_only)
    return fail(Exit::usage, "the inventory alone cannot answer for other hosts", {},
                "leave out --on, or choose --inventory both");
  if (request.action == model::Action::cancel && request.cancel.self)
    draft.refuse("SELF on another host", refusal::kMachines);
  return {};
}

}  // namespace ctys::cli
