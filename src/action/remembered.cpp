// What the inventory knows about hosts that do not answer, or are not asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/remembered.hpp"

#include "action/known.hpp"
#include "action/search.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "inventory/compose.hpp"
#include "inventory/view.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

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

std::int64_t now() {
  return static_cast<std::int64_t>(std::time(nullptr));
}

const std::string& name_of(const model::Target& target) {
  return target.here ? paths::host_name() : target.name;
}

}  // namespace

Remembered::Remembered(const model::Request& request, std::vector<std::string> hosts, std::int64_t now)
    : now_(now) {
  const auto directories = inventory::view_directories(request.naming.databases);
  const auto view = inventory::open_view(directories);
  if (!view) {
    if (!expects_inventory(request))
      log::write(log::Severity::debug, "inventory", view.error().summary);
    else
      error_ = view.error();
    return;
  }
  std::set<std::tuple<std::string, std::string, std::string, std::string>>
      told;  // a machine has many records
  for (const auto& source : *view) {
    inventory::Reader reader(source);
    inventory::Line line;
    while (reader.next(line)) {
      const auto host = std::find_if(hosts.begin(), hosts.end(), [&](const auto& name) {
        return paths::same_host(inventory::field(line.text, 1), name);
      });
      if (host == hosts.end()) continue;
      auto record = inventory::record_of(line.text);
      const auto& uuid = record.get(Field::uuid);
      if (!is_wanted(record, request) ||
          !told.emplace(*host, record.get(Field::type), record.get(Field::label),
                        uuid.empty() ? record.get(Field::id) : uuid)
               .second)
        continue;
      record.set(Field::host, *host).set(Field::state, "unknown").set(Field::cs_type, "S");
      record.set(Field::age, inventory::age_text(record.get(Field::seen), now_));
      records_.push_back(std::move(record));
    }
    if (const auto status = reader.status(); !status)
      log::write(log::Severity::warning, "inventory", status.error().summary + ": " + status.error().why);
    if (const auto skipped = inventory::warning(source, reader.faults()); !skipped.empty())
      log::write(log::Severity::warning, "inventory", skipped);
  }
}

std::string Remembered::note_on(std::span<const Record> records, std::int64_t now) {
  if (records.empty()) return {};
  std::string_view oldest;
  std::string_view newest;  // as they are written, these times are in the order of their letters
  for (const auto& record : records) {
    const std::string_view seen = record.get(Field::seen);
    if (!inventory::seen_time(seen)) continue;
    if (oldest.empty() || seen < oldest) oldest = seen;
    if (newest.empty() || seen > newest) newest = seen;
  }
  const auto one = records.size() == 1;
  auto note =
      std::to_string(records.size()) + (one ? " machine is" : " machines are") + " from the inventory, ";
  if (std::all_of(records.begin(), records.end(), [](const Record& r) { return r.get(Field::seen).empty(); }))
    return note + "never seen by a scan";
  note += "last seen ";
  if (newest.empty()) return note + "nobody knows when";
  const auto young = inventory::age_text(newest, now);
  const auto old = inventory::age_text(oldest, now);
  note += young == old ? young : young + " to " + old;
  return old == "just now" ? note : note + " ago";
}

bool Remembered::knows(const std::string& host) const {
  return std::any_of(records_.begin(), records_.end(),
                     [&](const auto& record) { return record.get(Field::host) == host; });
}

std::int64_t Remembered::age_of(const std::string& host) const {
  std::int64_t age = -1;
  for (const auto& record : records_) {
    const auto seen = inventory::seen_time(record.get(Field::seen));
    if (record.get(Field::host) != host || !seen || *seen > now_) continue;
    age = age < 0 ? now_ - *seen : std::min(age, now_ - *seen);
  }
  return age;
}

void Remembered::add_to(plugin::Outcome& outcome, const std::string& host) const {
  std::copy_if(records_.begin(), records_.end(), std::back_inserter(outcome.records),
               [&](const auto& record) { return record.get(Field::host) == host; });
}

bool answer_from_inventory(plugin::Outcome& outcome, model::Request& asked, std::string& note) {
  const auto& list = asked.list;
  if (!list.cached && !list.max_age) return true;
  auto& targets = asked.where.targets;
  const bool only_here = targets.empty();
  if (only_here) targets.push_back({"localhost", {}, 0, true, "localhost"});
  std::vector<std::string> hosts;
  hosts.reserve(targets.size());
  for (const auto& target : targets) hosts.push_back(name_of(target));
  const Remembered known(asked, std::move(hosts), now());
  if (known.error() && list.cached) {
    auto error = *known.error();
    error.code = Exit::usage;  // status 7 is for those who ask for the inventory itself
    if (error.fix.empty()) error.fix = "let this user read it, or leave out --cached";
    outcome.failures.push_back({std::move(error), {}, {}});
    return false;
  }
  if (known.error()) tell_unusable(*known.error());
  std::erase_if(targets, [&](const model::Target& target) {
    const auto& name = name_of(target);
    if (!list.cached) {  // this host is asked at no cost
      const auto age = known.age_of(name);
      if (target.here || age < 0 || age * 1000 >= list.max_age->count()) return false;
    }
    known.add_to(outcome, name);
    if (!known.knows(name))
      outcome.failures.push_back(
          {{Exit::nothing, "the inventory knows no machine there", "nobody was asked (--cached)",
            target.here ? "record them: ctys vdbgen --append"
                        : "record them: ctys vdbgen --append --on HOST"},
           name,
           {}});
    return true;
  });
  note = Remembered::note_on(outcome.records, now());
  return !targets.empty();
}

namespace {

bool leaves_inventory_out(const model::Request& request) {
  return request.list.fresh || request.naming.lookup == model::Lookup::hypervisors;
}

}  // namespace

void tell_if_unusable(const model::Request& request) {
  if (leaves_inventory_out(request) || request.list.max_age || !expects_inventory(request)) return;
  const auto view = inventory::open_view(inventory::view_directories(request.naming.databases));
  if (!view) tell_unusable(view.error());
}

void add_silent_hosts(plugin::Outcome& outcome, const model::Request& request) {
  auto silent = silent_hosts(outcome, request);
  if (silent.empty() || leaves_inventory_out(request)) return;
  const Remembered known(request, silent, now());
  for (const auto& host : silent) known.add_to(outcome, host);
}

}  // namespace ctys::action
