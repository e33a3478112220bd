// Which machines the addresses of a request mean.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/search.hpp"

#include "action/bases.hpp"
#include "action/machine_file.hpp"
#include "action/match.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "plugin/find.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace {

using Clock = std::chrono::steady_clock;

void append(plugin::Outcome& all, plugin::Outcome more) {
  std::move(more.records.begin(), more.records.end(), std::back_inserter(all.records));
  for (auto& failure : more.failures) {
    const bool known = std::any_of(all.failures.begin(), all.failures.end(), [&](const plugin::Failure& f) {
      return f.error.summary == failure.error.summary && f.error.where == failure.error.where;
    });
    if (!known) all.failures.push_back(std::move(failure));
  }
}

// What one look at the hypervisors has to bring for these addresses.
Needs all_needs(const std::vector<Target>& targets) {
  Needs needs;
  for (const auto& target : targets) {
    needs.every_mac |= needs_every_mac(target.known);
    if (target.known.machine) continue;
    const auto one = needs_of(target.address);
    needs.guest_address |= one.guest_address;
    needs.every_mac |= one.every_mac;
  }
  return needs;
}

// The request for those plugins only that the inventory names, where it names one for every address.
model::Request narrowed(const model::Request& request, const std::vector<Target>& targets) {
  auto narrow = request;
  if (!request.types.empty()) return narrow;
  for (const auto& target : targets) {
    if (!target.known.machine) return request;
    const auto type = text::upper(target.known.machine->get(Field::type));
    if (!plugin::is_there(type)) return request;
    if (std::find(narrow.types.begin(), narrow.types.end(), type) == narrow.types.end())
      narrow.types.push_back(type);
  }
  return narrow;
}

// `has_time` gives `request` the time that is left.
plugin::Outcome look(const model::Request& request, const Needs& needs,
                     const std::function<bool()>& has_time) {
  std::vector<Pair> options{{"ALL", ""}};
  if (needs.guest_address) options.push_back({"ADDRESSES", ""});
  auto seen = ask(request, wire::Verb::list, options);
  if (needs.every_mac && has_time()) append(seen, ask(request, wire::Verb::enumerate, {}));
  return seen;
}

// A broken file somewhere below the folders leaves no doubt about the machines of the others.
void append_stored(Found& found, plugin::Outcome& seen, plugin::Outcome stored) {
  for (auto& failure : stored.failures)
    if (failure.error.code == Exit::failed) found.broken_files.push_back(std::move(failure));
  std::erase_if(stored.failures, [](const plugin::Failure& f) { return f.error.code == Exit::failed; });
  append(seen, std::move(stored));
}

// Who names a file means what is in it, but the inventory may know another machine there. A file that cannot
// be read is told of when it is used.
void compare_file(const model::Request& request, Known& known, Record& file) {
  auto read = read_machine_file(request, file);
  if (read.records.size() != 1) return;
  file = std::move(read.records.front());
  if (confirmed(known, std::span(&file, 1)).empty()) forget_machine(known, std::span(&file, 1));
}

// Machine files, for those that are no domains: first where the inventory saw them, then below the folders.
Result<void> look_for_files(const model::Request& request, Found& found, plugin::Outcome& seen) {
  bool missing = false;
  for (auto& target : found.targets) {
    if (!target.matches.empty()) continue;
    std::optional<Record> file;
    if (asks_here(request)) file = TRY(named_file(request, target.address));
    if (!file) {
      missing = true;
      continue;
    }
    if (target.known.machine) compare_file(request, target.known, *file);
    target.matches.push_back(std::move(*file));
  }
  if (!missing) return {};
  if (asks_elsewhere(request)) {
    append_stored(found, seen, ask_for_stored(request, addressed_bases(request)));
    return {};
  }
  auto folders = base_options(addressed_bases(request));
  for (const auto& target : found.targets) {
    if (!target.matches.empty() || !target.known.machine) continue;
    const std::filesystem::path file = target.known.machine->get(Field::id);
    if (file.is_absolute()) folders.push_back({"BASEPATH", file.parent_path().string()});
  }
  append_stored(found, seen, ask(request, wire::Verb::enumerate, folders));
  return {};
}

// `only`: what the inventory does not confirm is not there.
void match(std::vector<Target>& targets, std::span<const Record> seen, bool only) {
  for (auto& target : targets) {
    if (!target.matches.empty()) continue;
    if (target.known.machine) target.matches = confirmed(target.known, seen);
    if (!target.matches.empty() || only) continue;
    compare_missed(target.known, seen);
    target.matches = matching(target.address, seen);
    if (!target.matches.empty() && target.known.machine) forget_machine(target.known, seen);
    if (target.matches.size() == 1) compare_elsewhere(target.known, target.matches.front(), seen);
  }
}

bool lacks(const std::vector<Target>& targets) {
  return std::any_of(targets.begin(), targets.end(),
                     [](const Target& target) { return target.matches.empty(); });
}

// True when the inventory had promised machines that no hypervisor has.
bool forget_machines(std::vector<Target>& targets, std::span<const Record> seen) {
  bool any = false;
  for (auto& target : targets) {
    if (!target.matches.empty() || !target.known.machine) continue;
    forget_machine(target.known, seen);
    any = true;
  }
  return any;
}

// The machine that no record was found for, but that its name at the hypervisor led to.
bool found_by_name(const Target& target) {
  const auto& known = target.known;
  if (known.machine || known.missed || !known.elsewhere.empty() || target.matches.size() != 1) return false;
  const auto& now = target.matches.front();
  bool by_name = false;
  for (const auto& [key, value] : target.address.keys) {
    if (key == "UUID" || key == "LABEL" || (key == "WORD" && holds(now, "LABEL", value))) return false;
    by_name |= key == "NAME" || (key == "WORD" && holds(now, "NAME", value));
  }
  return by_name;
}

// A record need not have the name: what it says of the machine's UUID and label counts.
Result<void> know_by_label(const model::Request& request, std::vector<Target>& targets, plugin::Outcome& seen,
                           Purpose purpose, const std::function<bool()>& has_time) {
  for (auto& target : targets) {
    if (!found_by_name(target)) continue;
    const auto& now = target.matches.front();
    auto asked = request;
    asked.machines = {{{{"LABEL", now.get(Field::label)}}, target.address.text}};
    if (!now.get(Field::uuid).empty())
      asked.machines.push_back({{{"UUID", now.get(Field::uuid)}}, target.address.text});
    auto known = TRY(known_machines(asked, purpose, target.known.host));
    if (known.empty()) continue;
    const bool is_recorded = known.back().machine && !confirmed(known.back(), target.matches).empty();
    auto& by_label = known.front();
    if (is_recorded) {
      target.known = std::move(known.back());
      continue;
    }
    if (by_label.refused) by_label.contradicted = by_label.refused;
    if (needs_every_mac(by_label) && has_time()) append(seen, ask(request, wire::Verb::enumerate, {}));
    if (by_label.machine && confirmed(by_label, seen.records).empty()) forget_machine(by_label, seen.records);
    compare_elsewhere(by_label, now, seen.records);
    target.known = std::move(by_label);
  }
  return {};
}

// The same request to one of its hosts.
model::Request only_to(const model::Request& request, const std::string& host) {
  auto one = request;
  std::erase_if(one.where.targets, [&](const model::Target& target) {
    return target.here ? host != paths::host_name() : host != target.name;
  });
  return one;
}

// Those that told all they have, which may be nothing, and those that told something.
std::vector<std::string> hosts_of(const model::Request& request, const plugin::Outcome& seen) {
  std::vector<std::string> hosts;
  const auto add = [&](const std::string& host) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  };
  for (const auto& record : seen.records) add(record.get(Field::host));
  for (const auto& target : request.where.targets) {
    const auto& name = target.here ? paths::host_name() : target.name;
    if (std::none_of(seen.failures.begin(), seen.failures.end(),
                     [&](const plugin::Failure& failure) { return failure.host == name; }))
      add(name);
  }
  return hosts;
}

// What the addresses mean on one of several hosts, or on another one.
Result<std::vector<Target>> match_on(const std::string& host, const model::Request& request,
                                     plugin::Outcome& seen, Purpose purpose,
                                     const std::function<bool()>& has_time) {
  const bool only = request.naming.lookup == model::Lookup::inventory_only;
  const auto place = host == paths::host_name() ? std::string() : host;
  auto known = TRY(known_machines(request, purpose, place));
  const bool has_inventory = !known.empty();
  known.resize(request.machines.size());
  std::vector<Target> targets;
  for (std::size_t i = 0; i < known.size(); ++i)
    targets.push_back({request.machines[i], std::move(known[i]), {}});
  const bool wants_macs = std::any_of(targets.begin(), targets.end(),
                                      [](const Target& target) { return needs_every_mac(target.known); });
  if (wants_macs && has_time()) append(seen, ask(request, wire::Verb::enumerate, {}));
  match(targets, seen.records, only);
  if (lacks(targets) && forget_machines(targets, seen.records)) match(targets, seen.records, only);
  if (has_inventory) TRY_VOID(know_by_label(request, targets, seen, purpose, has_time));
  for (auto& target : targets)
    if (auto& now = target.known; now.refused && (only || !target.matches.empty()))
      now.contradicted = now.refused;
  return targets;
}

// A machine of which its own host has no record may be taken for the one that another host was to have.
void hold_to_other_hosts(Target& target) {
  const auto is_in_doubt = [](const Known& known) { return known.contradicted || known.missed; };
  const auto other = std::find_if(target.known_on.begin(), target.known_on.end(),
                                  [&](const auto& one) { return is_in_doubt(one.second); });
  if (other == target.known_on.end()) return;
  for (auto& [host, known] : target.known_on) {
    if (known.machine || !known.several.empty() || is_in_doubt(known)) continue;
    known.contradicted = other->second.contradicted;
    known.missed = other->second.missed;
    known.file = other->second.file;
  }
}

// Each host has machines of its own, and the inventory says of each what it knows.
Result<void> match_on_hosts(const model::Request& request, Found& found, plugin::Outcome& seen,
                            Purpose purpose, const std::function<bool()>& has_time) {
  std::vector<bool> is_open;
  for (const auto& target : found.targets) is_open.push_back(target.matches.empty());
  for (const auto& host : hosts_of(request, seen)) {
    plugin::Outcome there;
    std::copy_if(seen.records.begin(), seen.records.end(), std::back_inserter(there.records),
                 [&](const Record& record) { return record.get(Field::host) == host; });
    auto own = only_to(request, host);
    const auto has_time_there = [&] {
      const bool is_left = has_time();
      own.deadline = request.deadline;
      return is_left;
    };
    auto targets = TRY(match_on(host, own, there, purpose, has_time_there));
    append(seen, {{}, std::move(there.failures)});
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!is_open[i]) continue;
      auto& all = found.targets[i];
      auto& one = targets[i];
      std::move(one.matches.begin(), one.matches.end(), std::back_inserter(all.matches));
      // Of these it is one that tells why there is no such machine.
      if (!all.known.contradicted && (one.known.contradicted || all.known.hint.empty()))
        all.known = one.known;
      all.known_on.insert_or_assign(host, std::move(one.known));
    }
  }
  for (std::size_t i = 0; i < found.targets.size(); ++i)
    if (is_open[i]) hold_to_other_hosts(found.targets[i]);
  return {};
}

}  // namespace

std::optional<Error> mistaken(const Target& target, const Record& match) {
  const auto own = target.known_on.find(match.get(Field::host));
  return mistaken(own == target.known_on.end() ? target.known : own->second, target.address, match);
}

Result<Found> find_machines(const model::Request& request, bool may_create, Purpose purpose) {
  // Of other hosts it is asked when they have said what they have.
  std::vector<Known> known;
  if (!asks_elsewhere(request)) known = TRY(known_machines(request, purpose));
  Found found;
  found.has_inventory = !known.empty();
  for (std::size_t i = 0; i < request.machines.size(); ++i) {
    found.targets.push_back({request.machines[i], known.empty() ? Known{} : std::move(known[i]), {}});
    const auto& refused = found.targets.back().known.refused;
    if (refused) return tl::unexpected<Error>(*refused);
  }
  auto narrow = narrowed(request, found.targets);
  auto wide = request;
  if (!request.whole_deadline)
    narrow.whole_deadline = wide.whole_deadline = std::chrono::milliseconds(reading_deadline(request));
  // The deadline is one for all that is asked here; and who was interrupted asks no more.
  const auto end = Clock::now() + std::chrono::milliseconds(reading_deadline(request));
  const auto has_time = [&] {
    if (plugin::asked_to_end() != 0) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    narrow.deadline = wide.deadline = left;
    return left.count() > 0;
  };
  auto seen = look(narrow, all_needs(found.targets), has_time);
  const bool only = request.naming.lookup == model::Lookup::inventory_only;
  const auto match_all = [&]() -> Result<void> {
    if (asks_elsewhere(request)) return match_on_hosts(wide, found, seen, purpose, has_time);
    match(found.targets, seen.records, only);
    return {};
  };
  TRY_VOID(match_all());
  if (lacks(found.targets) && may_create && has_time()) {
    TRY_VOID(look_for_files(narrow, found, seen));
    TRY_VOID(match_all());
  }
  // Where the inventory is wrong or behind, everybody is asked for the words as they were given.
  if (!asks_elsewhere(request) && lacks(found.targets) && forget_machines(found.targets, seen.records) &&
      !only && has_time()) {
    append(seen, look(wide, all_needs(found.targets), has_time));
    match(found.targets, seen.records, only);
  }
  if (found.has_inventory) TRY_VOID(know_by_label(wide, found.targets, seen, purpose, has_time));
  for (auto& target : found.targets)
    if (target.matches.empty()) explain_type(target.known, target.address);
  // Half a search has not shown that something is nowhere.
  if (lacks(found.targets) && seen.failures.empty() && !has_time())
    seen.failures.push_back({{Exit::deadline,
                              "there was no time left to look everywhere",
                              {},
                              "give it more time with --deadline"},
                             {},
                             {}});
  found.failures = std::move(seen.failures);
  return found;
}

}  // namespace ctys::action
