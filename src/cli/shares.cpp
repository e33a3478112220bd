// The requests of one call.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/shares.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace ctys::cli {
namespace {

bool elsewhere(const model::Request& request) {
  return std::any_of(request.where.targets.begin(), request.where.targets.end(),
                     [](const auto& target) { return !target.here; });
}

bool acts(const model::Request& request) {
  using model::Action;
  return request.action == Action::create || request.action == Action::cancel ||
         (request.action == Action::attribute && request.attribute.verb != model::AttributeVerb::list &&
          request.attribute.verb != model::AttributeVerb::get);
}

// A folder says where machine files are searched, and fits every machine.
Result<void> check_machines(const model::Request& request) {
  if (request.action == model::Action::enumerate) return {};
  for (const auto& address : request.machines)
    if (!address.keys.empty() && std::all_of(address.keys.begin(), address.keys.end(),
                                             [](const auto& pair) { return pair.key == "BASEPATH"; }))
      return fail(Exit::usage, "the address '" + text::printable(address.text) + "' names no machine",
                  "BASEPATH says only where its file is searched", "add what it is called: label:web01");
  return {};
}

// Two users of one host have names that tell them apart, whichever request they belong to.
void name_apart(std::vector<Share>& shares) {
  std::vector<model::Target> all;
  for (const auto& share : shares)
    for (const auto& target : share.draft.request.where.targets) model::add_target(all, target);
  for (auto& share : shares)
    for (auto& target : share.draft.request.where.targets) {
      const auto same = std::find_if(all.begin(), all.end(), [&](const auto& other) {
        return other.host == target.host && other.user == target.user && other.port == target.port;
      });
      if (same != all.end()) target.name = same->name;
    }
}

}  // namespace

Result<Command> requests_of(std::vector<Share> shares) {
  const bool any = std::any_of(shares.begin(), shares.end(),
                               [](const auto& share) { return elsewhere(share.draft.request); });
  for (auto& share : shares) {
    auto& request = share.draft.request;
    TRY_VOID(check_machines(request));
    if (shares.size() > 1 && acts(request) && !share.own_action)
      return fail(
          Exit::usage, "one action for targets with different options",
          "each of them would act on a machine of that name",
          "give each target an action of its own, host'(-a cancel=l:web01)', or call ctys once for each");
    if (shares.size() > 1 && request.action == model::Action::vdbgen)
      return fail(Exit::usage, "vdbgen asks all hosts of one call the same",
                  "some of them have options of their own, other than -l",
                  "call ctys once for each, with --append");
    if (shares.size() > 1 && request.action == model::Action::import)
      return fail(Exit::usage, "import takes hosts without options of their own",
                  "a group's options stand in its file", "leave the options out, but for USER@HOST:PORT");
    if (request.background && request.create.console == model::Console::cli && !request.server_only &&
        request.action == model::Action::create)
      return fail(Exit::usage, "a console in this terminal cannot be opened in the background",
                  "a job goes on without a terminal",
                  "choose --console none or xterm, or leave --background out");
    if (any && !elsewhere(request)) {
      request.where.via.clear();
      request.where.chain = false;
      request.where.may_copy = true;
      request.where.persist.reset();
    }
    TRY_VOID(check_where(share.draft));
  }
  for (auto& share : shares)
    if (share.draft.refused) return tl::unexpected<Error>(*std::move(share.draft.refused));
  if (shares.size() == 1) return std::move(shares.front().draft.request);
  name_apart(shares);
  Requests requests;
  requests.reserve(shares.size());
  for (auto& share : shares) requests.push_back(std::move(share.draft.request));
  return requests;
}

}  // namespace ctys::cli
