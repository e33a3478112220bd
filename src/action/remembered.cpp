// What the inventory knows about hosts that do not answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/remembered.hpp"

#include "action/search.hpp"
#include "base/log.hpp"
#include "inventory/compose.hpp"
#include "inventory/resolve.hpp"
#include "inventory/view.hpp"

#include <algorithm>
#include <ctime>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ctys::action {
using model::Record;
namespace {

bool is_of(const std::string& host, const model::Target& target) {
  return !target.here && host == target.name;
}

// The other hosts that did not answer. What a plugin there could not do says where that was.
std::vector<std::string> silent_hosts(const plugin::Outcome& outcome, const model::Request& request) {
  std::vector<std::string> silent;
  for (const auto& target : request.where.targets) {
    const bool failed = std::any_of(
        outcome.failures.begin(), outcome.failures.end(),
        [&](const auto& failure) { return is_of(failure.host, target) && failure.error.where.empty(); });
    const bool answered =
        std::any_of(outcome.records.begin(), outcome.records.end(),
                    [&](const auto& record) { return is_of(record.get(Field::host), target); });
    if (failed && !answered) silent.push_back(target.name);
  }
  return silent;
}

bool is_wanted(const Record& record, const model::Request& request) {
  const auto& types = request.types;
  return record.get(Field::category) != "PMs" && record.get(Field::type) != "PM" &&
         (types.empty() || std::find(types.begin(), types.end(), record.get(Field::type)) != types.end());
}

}  // namespace

void add_remembered(plugin::Outcome& outcome, const model::Request& request) {
  if (request.naming.lookup == model::Lookup::hypervisors) return;
  const auto silent = silent_hosts(outcome, request);
  if (silent.empty()) return;
  const auto view = inventory::open_view(inventory::view_directories(request.naming.databases));
  if (!view) return log::write(log::Severity::debug, "inventory", view.error().summary);
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  std::set<std::tuple<std::string, std::string, std::string, std::string>>
      told;  // a machine has many records
  for (const auto& source : *view) {
    inventory::Reader reader(source);
    inventory::Line line;
    while (reader.next(line)) {
      const auto host = std::find_if(silent.begin(), silent.end(), [&](const auto& name) {
        return inventory::same_host(inventory::field(line.text, 1), name);
      });
      if (host == silent.end()) continue;
      auto record = inventory::record_of(line.text);
      const auto& uuid = record.get(Field::uuid);
      if (!is_wanted(record, request) ||
          !told.emplace(*host, record.get(Field::type), record.get(Field::label),
                        uuid.empty() ? record.get(Field::id) : uuid)
               .second)
        continue;
      record.set(Field::host, *host).set(Field::state, "unknown").set(Field::cs_type, "S");
      record.set(Field::age, inventory::age_text(record.get(Field::seen), now));
      outcome.records.push_back(std::move(record));
    }
    if (const auto status = reader.status(); !status)
      log::write(log::Severity::warning, "inventory", status.error().summary + ": " + status.error().why);
  }
}

}  // namespace ctys::action
