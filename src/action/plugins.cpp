// `ctys plugins`: every plugin there is, usable or not, and why not.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/answer.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/plugin_rows.hpp"
#include "action/search.hpp"

#include <iterator>

namespace ctys::action {

Exit plugins(const model::Request& request) {
  if (request.plan)
    return finish(model::Layout::result, planned_questions(request, "its state", std::nullopt), request);
  plugin::Outcome all;
  if (asks_here(request)) all = plugin_rows(request, {}, -1);
  if (asks_elsewhere(request)) {
    auto others = request;
    std::erase_if(others.where.targets, [](const model::Target& target) { return target.here; });
    auto theirs = ask(others, wire::Verb::probe, {}, {{std::string(kPlugins), ""}});
    std::move(theirs.records.begin(), theirs.records.end(), std::back_inserter(all.records));
    std::move(theirs.failures.begin(), theirs.failures.end(), std::back_inserter(all.failures));
  }
  return finish(model::Layout::plugins, all, request);
}

}  // namespace ctys::action
