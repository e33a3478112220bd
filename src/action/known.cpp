// What the inventory adds to the addresses of a request.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/known.hpp"

#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/find.hpp"
#include "inventory/resolve.hpp"
#include "inventory/view.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

namespace ctys::action {
using model::Record;
namespace {

// One line for each machine, with what tells them apart.
std::string listed(std::span<const Record> machines) {
  std::string list;
  for (const auto& record : machines) {
    list += "\n    " + text::printable(record.get(Field::label)) + " (" +
            text::printable(record.get(Field::type)) + (record.get(Field::type).empty() ? "" : " ") + "on " +
            (record.get(Field::host).empty() ? "no host that is named"
                                             : text::printable(record.get(Field::host)));
    for (const auto field : {Field::uuid, Field::mac, Field::tcp, Field::id})
      if (!record.get(field).empty()) list += ", " + text::printable(record.get(field));
    list += ")";
  }
  return list;
}

// Each host once.
std::string hosts_of(std::span<const Record> machines, std::string_view between) {
  std::vector<std::string> hosts;
  for (const auto& machine : machines)
    if (auto host = text::printable(machine.get(Field::host));
        !host.empty() && std::find(hosts.begin(), hosts.end(), host) == hosts.end())
      hosts.push_back(std::move(host));
  return text::join(hosts, between);
}

// What names a machine, and others of its label not where it has any such thing: "uuid:..."
std::string own_key(const Record& machine) {
  for (const auto& [field, key] : {std::pair{Field::uuid, "uuid:"}, std::pair{Field::mac, "mac:"},
                                   std::pair{Field::id, "id:"}, std::pair{Field::label, "label:"}})
    if (const auto& value = machine.get(field); !value.empty())
      return text::shell_quoted(key + text::printable(value));
  return "its address";
}

// The file of the view that has the machine.
std::filesystem::path record_file_of(const inventory::Records& view, const Record& machine) {
  Field identity = Field::uuid;
  for (const auto other : {Field::label, Field::mac, Field::id, Field::tcp})
    if (machine.get(identity).empty()) identity = other;
  const auto key = inventory::make_key(machine.get(identity));
  const auto found = view.files.size() > 1 && key ? inventory::find(view.files, *key) : inventory::Found{};
  return view.files[found && !found->matches.empty() ? found->matches.front().source : 0].path();
}

// Numbers are those of the inventory here: no other host knows them.
void explain_elsewhere(Known& known, const model::Address& address, std::span<const Record> machines) {
  const auto hosts = hosts_of(machines, ", ");
  known.hint = (hosts.empty() ? "the inventory does not say on which host it is"
                              : "by the inventory it is on " + hosts) +
               ":" + listed(machines);
  known.fix = hosts.empty() ? "write the host into the first field of its record"
                            : "ctys works there with " +
                                  (has_number(address) ? own_key(machines.front()) + " " : std::string()) +
                                  "--on " + hosts_of(machines, " or ");
}

Known from(const model::Request& request, const model::Address& address, const std::string& host,
           inventory::Resolution found) {
  const bool only = request.naming.lookup == model::Lookup::inventory_only;
  Known known;
  known.host = host;
  known.address = std::move(found.address);
  if (const auto& given = request.naming.databases; !given.empty())
    known.recording +=
        " --cacheDB " + text::shell_quoted(text::printable(inventory::home_directory(given).string()));
  switch (found.verdict) {
    case inventory::Verdict::one:
      known.machine = std::move(found.machines.front());
      known.macs = std::move(found.macs);
      return known;
    case inventory::Verdict::several:
      if (request.allow_ambiguous) {
        known.several = std::move(found.machines);
        return known;
      }
      known.refused = Error{Exit::refused, quoted(address) + " is ambiguous, nothing was done",
                            "the inventory has " + std::to_string(found.machines.size()) + " machines of " +
                                place_of(known) + " for it:" + listed(found.machines),
                            "name one by what only it has, as in " + own_key(found.machines.front())};
      return known;
    case inventory::Verdict::elsewhere:
      explain_elsewhere(known, address, found.machines);
      known.elsewhere = std::move(found.machines);
      known.macs = std::move(found.macs);
      break;
    case inventory::Verdict::unknown:
      known.hint = std::move(found.conflict);
      break;
  }
  if (only)
    known.refused = Error{
        Exit::nothing,
        "there is no machine " + quoted(address) + " of " + place_of(known) + " in the inventory", known.hint,
        "record it: " + known.recording + "; or ask the hypervisors too: --inventory both (-c both)"};
  return known;
}

// Of the same files, however often they are asked.
void tell_once(std::span<const std::string> warnings) {
  static std::set<std::string, std::less<>> told;
  for (const auto& warning : warnings)
    if (told.insert(warning).second) log::write(log::Severity::warning, "inventory", warning);
}

// " -p DIRECTORIES" for vhost, where others than the usual ones were named.
std::string option_of(const model::Request& request) {
  const auto& given = request.naming.databases;
  return given.empty() ? std::string() : " -p " + text::shell_quoted(text::printable(given));
}

Result<std::vector<Known>> ask_inventory(const model::Request& request, const std::string& host) {
  const auto directories = inventory::view_directories(request.naming.databases);
  const auto view = TRY(inventory::open_view(directories));
  const inventory::Addresses addresses(directories);
  std::vector<Known> all;
  std::vector<std::string> warnings;
  for (const auto& address : request.machines) {
    auto answer = inventory::resolve({view, addresses}, address, host.empty() ? paths::host_name() : host,
                                     request.types);
    if (!answer && answer.error().code == Exit::nothing)
      answer.error().fix = "see their numbers: ctys vhost" + option_of(request) + " -o index,label .";
    auto found = TRY(std::move(answer));
    if (!found.warnings.empty()) warnings = std::move(found.warnings);  // of the same files each time
    all.push_back(from(request, address, host, std::move(found)));
    auto& known = all.back();
    if (!known.elsewhere.empty()) known.file = record_file_of({view, addresses}, known.elsewhere.front());
    if (known.machine) known.file = record_file_of({view, addresses}, *known.machine);
  }
  for (auto& warning : addresses.warnings()) warnings.push_back(std::move(warning));
  tell_once(warnings);
  return all;
}

}  // namespace

bool expects_inventory(const model::Request& request) {
  if (!request.naming.databases.empty() || !paths::search_path("DEFAULT_DBPATHLST", {}).empty()) return true;
  return inventory::is_there(inventory::home_directory({}) / inventory::kRecordsName);
}

std::string place_of(const Known& known) {
  return known.host.empty() ? "this host" : text::printable(known.host);
}

bool has_number(const model::Address& address) {
  return std::any_of(address.keys.begin(), address.keys.end(),
                     [](const model::Pair& pair) { return pair.key == "DBRECORD"; });
}

Result<std::vector<Known>> known_machines(const model::Request& request, Purpose purpose,
                                          const std::string& host) {
  const bool numbered = std::any_of(request.machines.begin(), request.machines.end(), has_number);
  if (request.naming.lookup == model::Lookup::hypervisors) {
    if (numbered)
      return fail(
          Exit::usage,
          "DBRECORD is the number of a record of the inventory, which --inventory off (-c off) leaves out",
          {}, "leave out one of them");
    return std::vector<Known>{};
  }
  if (request.machines.empty()) return std::vector<Known>{};
  auto known = ask_inventory(request, host);
  // Status 7 is for those who ask for the inventory itself.
  if (!known && known.error().code == Exit::no_database) known.error().code = Exit::usage;
  if (known || numbered || request.naming.lookup == model::Lookup::inventory_only) return known;
  if (!expects_inventory(request)) return std::vector<Known>{};
  if (purpose == Purpose::acting) {
    auto& error = known.error();
    error.summary += ", nothing was done";
    error.fix += (error.fix.empty() ? "" : "; or ") + std::string(kWithoutInventory);
    return known;
  }
  tell_unusable(known.error());
  return std::vector<Known>{};
}

void tell_unusable(const Error& error) {
  log::write(
      log::Severity::warning, "inventory",
      error.summary + (error.why.empty() ? "" : ": " + error.why) + "; only the hypervisors are asked");
}

Result<model::Request> without_numbers(const model::Request& request) {
  auto named = request;
  if (std::none_of(request.machines.begin(), request.machines.end(), has_number)) return named;
  const auto known = TRY(known_machines(request, Purpose::reading));
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!has_number(request.machines[i])) continue;
    const auto& machine = known[i].machine;
    if (!machine)
      return fail(Exit::nothing, quoted(request.machines[i]) + " is no machine of this host", known[i].hint,
                  known[i].fix);
    constexpr std::array kIdentities{std::pair{Field::uuid, "UUID"}, std::pair{Field::label, "LABEL"},
                                     std::pair{Field::id, "ID"}, std::pair{Field::mac, "MAC"}};
    const auto* const identity = std::find_if(kIdentities.begin(), kIdentities.end(), [&](const auto& one) {
      return !machine->get(one.first).empty();
    });
    if (identity == kIdentities.end()) {
      auto unknowable = known[i];
      forget_machine(unknowable, {});
      return fail(Exit::nothing, quoted(request.machines[i]) + " is no machine that can be asked for",
                  unknowable.hint, unknowable.fix);
    }
    named.machines[i].keys = {{identity->second, machine->get(identity->first)}};
  }
  return named;
}

}  // namespace ctys::action
