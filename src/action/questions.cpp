// What is asked of other hosts, and the way to them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"
#include "action/search.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace ctys::action {
using model::Pair;

remote::Job through_gateways(const model::Request& request, wire::Call call,
                             std::span<const model::Target> targets) {
  const auto& where = request.where;
  remote::Job job{where.via.front(), std::move(call)};
  wire::Relay relay{{}, {}, where.fanout, where.may_copy};
  for (auto hop = where.via.begin() + 1; hop != where.via.end(); ++hop)
    relay.via.push_back(model::text_of(*hop));
  for (const auto& target : targets) {
    if (target.here) continue;
    relay.targets.push_back(model::text_of(target));
    job.behind.push_back(target.name);
  }
  job.call.relay = std::move(relay);
  return job;
}

std::vector<remote::Job> questions(const model::Request& request, wire::Verb verb,
                                   const std::vector<Pair>& options, const std::vector<Pair>& there) {
  wire::Call call;
  call.verb = verb;
  call.type = text::join(request.types, ",");
  call.options = options;
  // Folders that are this host's defaults mean nothing there.
  if (std::any_of(there.begin(), there.end(), [](const Pair& pair) { return pair.key == kBases; }))
    std::erase_if(call.options, [](const Pair& pair) { return pair.key == "BASEPATH"; });
  call.options.insert(call.options.end(), there.begin(), there.end());
  call.asked_by_type = !request.types.empty();
  call.deadline_ms = reading_deadline(request);
  call.whole_ms = whole_deadline(request);
  std::vector<remote::Job> jobs;
  if (request.where.chain) {
    auto job = through_gateways(request, std::move(call), request.where.targets);
    if (!job.behind.empty()) jobs.push_back(std::move(job));
    return jobs;
  }
  for (const auto& target : request.where.targets)
    if (!target.here) jobs.push_back({target, call});
  return jobs;
}

remote::Way way_of(const model::Request& request) {
  const auto& via = request.where.via;
  remote::Way way{request.where.chain ? std::vector<model::Target>() : via, request.where.may_copy,
                  request.where.fanout};
  // To those who look at the way itself, a new one is everything.
  const bool looks = request.action == model::Action::doctor || request.action == model::Action::distribute ||
                     request.action == model::Action::vping;
  if (!looks) way.persist = request.where.persist;
  way.patient = !request.deadline;  // who gave a time means it
  // They look for a machine, then do something with it.
  way.keep = request.action == model::Action::create || request.action == model::Action::cancel ||
             request.action == model::Action::attribute;
  return way;
}

bool asks_here(const model::Request& request) {
  const auto& targets = request.where.targets;
  return targets.empty() ||
         std::any_of(targets.begin(), targets.end(), [](const model::Target& t) { return t.here; });
}

bool asks_elsewhere(const model::Request& request) {
  const auto& targets = request.where.targets;
  return std::any_of(targets.begin(), targets.end(), [](const model::Target& t) { return !t.here; });
}

}  // namespace ctys::action
