// Where an action is done: the hosts a command line names, in both grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/draft.hpp"

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

constexpr std::size_t kMaxTargets = 10'000;
constexpr std::size_t kMaxHops = 8;

Result<std::vector<model::Target>> read_list(std::string_view option, std::string_view list) {
  std::vector<model::Target> targets;
  for (const auto word : text::split(list, ',')) {
    if (word.empty()) return bad_value(option, list, "a host is missing", "write it like lab01,lab02");
    targets.push_back(TRY(model::parse_target(word)));
  }
  return targets;
}

}  // namespace

Result<void> add_targets(Draft& draft, std::string_view option, std::string_view list) {
  auto& targets = draft.request.where.targets;
  for (auto& target : TRY(read_list(option, list))) model::add_target(targets, std::move(target));
  if (targets.size() > kMaxTargets)
    return bad_value(option, list, "there are more than " + std::to_string(kMaxTargets) + " hosts");
  return {};
}

Result<void> set_via(Draft& draft, std::string_view option, std::string_view list) {
  auto hops = TRY(read_list(option, list));
  if (hops.size() > kMaxHops)
    return bad_value(option, list, "more than " + std::to_string(kMaxHops) + " hosts to go through");
  if (std::any_of(hops.begin(), hops.end(), [](const auto& hop) { return hop.here; }))
    return bad_value(option, list, "this host is where the way begins", "leave localhost out");
  draft.request.where.via = std::move(hops);
  return {};
}

Result<void> check_where(Draft& draft) {
  auto& request = draft.request;
  const auto& where = request.where;
  const bool elsewhere = std::any_of(where.targets.begin(), where.targets.end(),
                                     [](const auto& target) { return !target.here; });
  if (!elsewhere) {
    if (!where.via.empty())
      return fail(Exit::usage, "'--via' has no effect", "no other host is asked", "add --on HOST");
    if (!where.may_copy)
      return fail(Exit::usage, "'--no-copy' has no effect", "no other host is asked", "add --on HOST");
    return {};
  }
  if (request.naming.lookup == model::Lookup::inventory_only)
    return fail(Exit::usage, "the inventory alone cannot answer for other hosts", {},
                "leave out --on, or choose --inventory both");
  if (request.action == model::Action::cancel && request.cancel.self)
    draft.refuse("SELF on another host", refusal::kMachines);
  const auto& console = request.create.console;
  if (request.action == model::Action::create && console && *console != model::Console::none)
    draft.refuse("a console on another host", refusal::kFarConsoles);
  return {};
}

}  // namespace ctys::cli
