// -r and -c: machines that run, beside the records of those that are known.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/search.hpp"
#include "action/vhost.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "inventory/compose.hpp"
#include "inventory/find.hpp"
#include "ui/render.hpp"

#include <unistd.h>

#include <algorithm>

namespace ctys::action {
namespace {

using inventory::Kind;
using model::Record;
using model::Target;

std::string host_of(const Target& target) {
  return target.here ? paths::host_name() : target.name;
}

// Those of -R, else the hosts of the records in their order.
Result<std::vector<Target>> hosts_of(const model::Request& request, const Kept& rows) {
  auto hosts = request.where.targets;
  if (!hosts.empty()) return hosts;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const auto host = inventory::field(rows.at(at).line, static_cast<std::size_t>(Field::host));
    if (host.empty()) continue;
    const bool here = paths::same_host(host, paths::host_name());
    model::add_target(hosts, TRY(model::parse_target(here ? "localhost" : host)));
  }
  return hosts;
}

// The machines that run on hosts now; clients and tunnels are none.
plugin::Outcome running_on(const model::Request& request, std::vector<Target> hosts) {
  auto asked = request;
  asked.where.targets = std::move(hosts);
  auto outcome = ask(asked, wire::Verb::list, {});
  std::erase_if(outcome.records, [](const Record& record) {
    const auto& part = record.get(Field::cs_type);
    return part == "C" || part == "T";
  });
  return outcome;
}

// Is there a record of this machine?
Result<bool> is_recorded(const inventory::Records& view, const Record& machine) {
  const auto by = !machine.get(Field::uuid).empty() ? std::pair(Kind::uuid, Field::uuid)
                  : !machine.get(Field::id).empty() ? std::pair(Kind::id, Field::id)
                                                    : std::pair(Kind::label, Field::label);
  const auto key = inventory::make_key(by.first, machine.get(by.second));
  if (!key) return false;
  const auto found = TRY(inventory::find(view.files, *key));
  return std::any_of(found.matches.begin(), found.matches.end(), [&](const inventory::Match& match) {
    return inventory::field(match.line, static_cast<std::size_t>(Field::type)) == machine.get(Field::type) &&
           paths::same_host(inventory::field(match.line, static_cast<std::size_t>(Field::host)),
                            machine.get(Field::host));
  });
}

bool is_meant(const Lookup& lookup, std::string_view line) {
  const bool has_key = lookup.key && inventory::holds(*lookup.key, line) != 0;
  const bool found = has_key || lookup.is_found
                         ? has_key != lookup.is_negated
                         : !lookup.bad_query && inventory::holds(lookup.query, line, 0);
  return found && inventory::holds(lookup.besides, line, 0);
}

struct Load {
  std::string host;
  std::size_t machines = 0;
};

// Of the hosts that could be asked, in their order.
std::vector<Load> loads_of(const std::vector<Target>& hosts, const plugin::Outcome& outcome) {
  std::vector<Load> loads;
  for (const auto& host : hosts) {
    Load load{host_of(host), 0};
    const auto is_its = [&](const std::string& name) { return paths::same_host(name, load.host); };
    if (std::any_of(outcome.failures.begin(), outcome.failures.end(),
                    [&](const plugin::Failure& failure) { return is_its(failure.host); }))
      continue;
    load.machines = static_cast<std::size_t>(
        std::count_if(outcome.records.begin(), outcome.records.end(),
                      [&](const Record& record) { return is_its(record.get(Field::host)); }));
    loads.push_back(std::move(load));
  }
  return loads;
}

}  // namespace

Result<std::vector<plugin::Failure>> add_running(const model::Request& request, const Lookup& lookup,
                                                 const inventory::Records& view, Kept& rows) {
  auto hosts = request.where.targets;
  if (hosts.empty()) hosts.push_back(TRY(model::parse_target("localhost")));
  auto outcome = running_on(request, std::move(hosts));
  std::string longer;
  for (const auto& machine : outcome.records) {
    if (TRY(is_recorded(view, machine))) continue;
    const auto line = inventory::line_of(machine, {});
    const auto record = view.addresses.complete(line, longer);
    if (is_meant(lookup, record)) rows.add({record, 0, '\0'});
  }
  return std::move(outcome.failures);
}

Result<Loads> choose_by_load(const model::Request& request, Kept& rows) {
  const auto hosts = TRY(hosts_of(request, rows));
  auto outcome = running_on(request, hosts);
  Loads result;
  result.failures = std::move(outcome.failures);
  outcome.failures = result.failures;
  const auto loads = loads_of(hosts, outcome);
  const auto wanted = request.inventory.load;
  if (wanted == model::Load::count) {
    for (const auto& load : loads) result.text += load.host + ';' + std::to_string(load.machines) + '\n';
    return result;
  }
  const auto lighter = [](const Load& a, const Load& b) { return a.machines < b.machines; };
  const auto best = wanted == model::Load::fewest ? std::min_element(loads.begin(), loads.end(), lighter)
                                                  : std::max_element(loads.begin(), loads.end(), lighter);
  std::vector<std::size_t> kept;
  for (std::size_t at = 0; best != loads.end() && at < rows.size(); ++at)
    if (paths::same_host(inventory::field(rows.at(at).line, static_cast<std::size_t>(Field::host)),
                         best->host))
      kept.push_back(at);
  rows.choose(kept);
  return result;
}

Exit complain(const std::vector<plugin::Failure>& failures) {
  Exit status = Exit::ok;
  for (const auto& failure : failures) status = worse(status, failure.error.code);
  for (const auto& error : ui::fold(failures))
    (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
  return status;
}

}  // namespace ctys::action
