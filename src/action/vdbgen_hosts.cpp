// Asks other hosts for all their machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"
#include "action/in_turn.hpp"
#include "action/search.hpp"
#include "action/vdbgen_scan.hpp"
#include "base/text.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"

#include <algorithm>
#include <utility>

namespace ctys::action {
namespace {

// The machines, and what the plugins there say of themselves: two calls for each host, one connection.
std::vector<remote::Job> jobs_of(const model::Request& request) {
  wire::Call machines;
  machines.verb = wire::Verb::enumerate;
  machines.type = text::join(request.types, ",");
  machines.asked_by_type = !request.types.empty();
  // The deadline is the one for all questions.
  for (const auto& call : reading_calls(request, wire::Verb::enumerate, {}))
    machines.deadline_ms = call.deadline_ms;
  auto probes = machines;
  probes.verb = wire::Verb::probe;
  if (request.enumerate.bases.empty()) machines.options.push_back({std::string(kBases), ""});
  for (const auto& base : request.enumerate.bases) machines.options.push_back({"BASEPATH", base});
  std::vector<remote::Job> jobs;
  for (const auto& target : request.where.targets) {
    if (target.here) continue;
    jobs.push_back({target, machines});
    jobs.push_back({target, probes});
  }
  return jobs;
}

// What is left to rely on. A failure that is about one connection takes that one away; of any other nobody
// knows what it kept from being seen.
void judge(const plugin::Outcome& machines, const plugin::Outcome& probes, inventory::Reach& reach) {
  std::vector<inventory::Reach::Connection> usable;
  std::vector<std::string> unusable;
  for (const auto& probe : probes.records) {
    const auto& uri = probe.get(Field::context);
    if (uri.empty()) continue;
    if (probe.get(Field::state) == "usable")
      usable.push_back({probe.get(Field::type), uri});
    else
      unusable.push_back(uri);
  }
  if (!probes.failures.empty()) return;
  for (const auto& failure : machines.failures) {
    if (!file_of(failure.error).empty()) continue;
    const auto before = usable.size();
    std::erase_if(usable, [&](const auto& connection) { return mentions(failure.error, connection.uri); });
    const bool known = std::any_of(unusable.begin(), unusable.end(),
                                   [&](const auto& uri) { return mentions(failure.error, uri); });
    if (before == usable.size() && !known) return;
  }
  for (const auto& connection : usable)
    if (std::find(reach.types.begin(), reach.types.end(), connection.type) == reach.types.end())
      reach.types.push_back(connection.type);
  reach.connections = std::move(usable);
}

HostScan scan_of(const model::Target& target, plugin::Outcome machines, const plugin::Outcome& probes,
                 const model::Request& request) {
  HostScan scan;
  scan.host = target.name;
  scan.reach.user = target.user;
  judge(machines, probes, scan.reach);
  if (request.vdbgen.progress > 0) say_progress(target.name, machines);
  if (request.vdbgen.keep_files) keep_file(target.name, "ALL", machines);
  add_records(scan, machines.records, request);
  scan.failures = std::move(machines.failures);
  for (const auto& failure : probes.failures) {  // of a host that does not answer there are two
    const bool told = std::any_of(scan.failures.begin(), scan.failures.end(), [&](const auto& other) {
      return other.error.code == failure.error.code && other.error.summary == failure.error.summary;
    });
    if (!told) scan.failures.push_back(failure);
  }
  return scan;
}

}  // namespace

std::vector<HostScan> scan_other_hosts(const model::Request& request) {
  std::vector<HostScan> scans;
  if (!asks_elsewhere(request)) return scans;
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto outcomes = request.in_turn ? ask_in_turn(jobs_of(request), way_of(request), how)
                                  : remote::ask_each(jobs_of(request), way_of(request), how);
  progress.erase();
  std::size_t at = 0;
  for (const auto& target : request.where.targets) {
    if (target.here) continue;
    scans.push_back(scan_of(target, std::move(outcomes[at]), outcomes[at + 1], request));
    at += 2;
  }
  return scans;
}

}  // namespace ctys::action
