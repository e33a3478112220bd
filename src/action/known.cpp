// What the inventory adds to the addresses of a request.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/known.hpp"

#include "action/fit.hpp"
#include "action/match.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/find.hpp"
#include "inventory/resolve.hpp"
#include "inventory/view.hpp"
#include "plugin/find.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

namespace ctys::action {
using model::Record;
namespace {

std::string quoted(const model::Address& address) {
  return "'" + text::printable(address.text).substr(0, 200) + "'";
}

// One line for each machine, with what tells them apart.
std::string listed(std::span<const Record> machines) {
  std::string list;
  for (const auto& record : machines) {
    list += "\n    " + text::printable(record.get(Field::label)) + " (" +
            text::printable(record.get(Field::type)) + (record.get(Field::type).empty() ? "" : " ") + "on " +
            text::printable(record.get(Field::host));
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
        std::find(hosts.begin(), hosts.end(), host) == hosts.end())
      hosts.push_back(std::move(host));
  return text::join(hosts, between);
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

Known from(const model::Request& request, const model::Address& address, inventory::Resolution found) {
  const bool only = request.naming.lookup == model::Lookup::inventory_only;
  Known known;
  known.address = std::move(found.address);
  switch (found.verdict) {
    case inventory::Verdict::one:
      known.machine = std::move(found.machines.front());
      known.macs = std::move(found.macs);
      return known;
    case inventory::Verdict::several:
      if (request.allow_ambiguous) return known;
      known.refused =
          Error{Exit::refused, quoted(address) + " is ambiguous, nothing was done",
                "the inventory has " + std::to_string(found.machines.size()) +
                    " machines of this host for it:" + listed(found.machines),
                "name one by its UUID (uuid:...), or leave the inventory out: --inventory off (-c off)"};
      return known;
    case inventory::Verdict::elsewhere:
      known.fix = "ctys works there with --on " + hosts_of(found.machines, " or ");
      known.hint =
          "by the inventory it is on " + hosts_of(found.machines, ", ") + ":" + listed(found.machines);
      known.elsewhere = std::move(found.machines);
      known.macs = std::move(found.macs);
      break;
    case inventory::Verdict::unknown:
      known.hint = std::move(found.conflict);
      break;
  }
  if (only)
    known.refused = Error{
        Exit::nothing, "there is no machine " + quoted(address) + " of this host in the inventory",
        known.hint,
        "record it with 'ctys vdbgen --append', or ask the hypervisors too: --inventory both (-c both)"};
  return known;
}

// Of the same files, however often they are asked.
void tell_once(std::span<const std::string> warnings) {
  static std::set<std::string, std::less<>> told;
  for (const auto& warning : warnings)
    if (told.insert(warning).second) log::write(log::Severity::warning, "inventory", warning);
}

Result<std::vector<Known>> ask_inventory(const model::Request& request) {
  const auto directories = inventory::view_directories(request.naming.databases);
  const auto view = TRY(inventory::open_view(directories));
  const inventory::Addresses addresses(directories);
  std::vector<Known> all;
  std::vector<std::string> warnings;
  for (const auto& address : request.machines) {
    auto found = TRY(inventory::resolve({view, addresses}, address, paths::host_name(), request.types));
    if (!found.warnings.empty()) warnings = std::move(found.warnings);  // of the same files each time
    all.push_back(from(request, address, std::move(found)));
    auto& known = all.back();
    if (!known.elsewhere.empty()) known.file = record_file_of({view, addresses}, known.elsewhere.front());
    if (known.machine) known.file = record_file_of({view, addresses}, *known.machine);
  }
  for (auto& warning : addresses.warnings()) warnings.push_back(std::move(warning));
  tell_once(warnings);
  return all;
}

// An inventory that nobody named and nobody made is nothing to speak of.
bool is_expected(const model::Request& request) {
  if (!request.naming.databases.empty() || paths::environment("DEFAULT_DBPATHLST")) return true;
  const auto directories = inventory::view_directories({});
  std::error_code error;
  return std::filesystem::exists(directories.front() / inventory::kRecordsName, error) || error;
}

bool has_number(const model::Address& address) {
  return std::any_of(address.keys.begin(), address.keys.end(),
                     [](const model::Pair& pair) { return pair.key == "DBRECORD"; });
}

// Does the hypervisor say something else about a key than the address?
bool contradicts(const model::Pair& pair, const Record& now) {
  const auto says = [&](Field field) { return !now.get(field).empty(); };
  const bool heard = (pair.key == "LABEL" && says(Field::label)) ||
                     (pair.key == "NAME" && says(Field::name)) || (pair.key == "UUID" && says(Field::uuid));
  return heard && !holds(now, pair.key, pair.value);
}

}  // namespace

Result<std::vector<Known>> known_machines(const model::Request& request) {
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
  auto known = ask_inventory(request);
  // Status 7 is for those who ask for the inventory itself.
  if (!known && known.error().code == Exit::no_database) known.error().code = Exit::usage;
  if (known || numbered || request.naming.lookup == model::Lookup::inventory_only) return known;
  if (is_expected(request))
    log::write(log::Severity::warning, "inventory",
               known.error().summary + (known.error().why.empty() ? "" : ": " + known.error().why) +
                   "; only the hypervisors are asked");
  return std::vector<Known>{};
}

Result<model::Request> without_numbers(const model::Request& request) {
  auto named = request;
  if (std::none_of(request.machines.begin(), request.machines.end(), has_number)) return named;
  const auto known = TRY(known_machines(request));
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

namespace {

// "QEMU machine"
std::string typed(const Record& machine) {
  const auto type = text::printable(machine.get(Field::type));
  return type + (type.empty() ? "" : " ") + "machine";
}

// What a machine without a UUID is known by.
std::string identity_of(const Record& machine, std::string_view mac) {
  auto text = typed(machine);
  if (const auto& label = machine.get(Field::label); !label.empty())
    text += " '" + text::printable(label) + "'";
  if (!mac.empty()) text += " with MAC address " + text::printable(mac);
  return text;
}

Error contradiction(const Known& known, const Record& now) {
  const bool is_here = known.machine || known.missed;
  const auto& recorded = known.machine ? *known.machine : is_here ? *known.missed : known.elsewhere.front();
  const auto file = text::printable(known.file.string());
  const auto& uuid = now.get(Field::uuid);
  return {Exit::refused,
          quoted(known.address) + " is another machine than the inventory has, nothing was done",
          "there is " + identity_of(now, now.get(Field::mac)) + " now; " + file + " has " +
              identity_of(recorded, known.macs.empty() ? "" : known.macs.front()) +
              (is_here ? "" : " on " + text::printable(recorded.get(Field::host))) + ", without a UUID",
          "correct the record in " + file +
              (uuid.empty() ? std::string()
                            : "; or name the machine that is there: uuid:" + text::printable(uuid)) +
              "; or leave the inventory out: --inventory off (-c off)"};
}

}  // namespace

bool needs_every_mac(const Known& known) {
  const auto has_none = [](const Record& machine) { return machine.get(Field::uuid).empty(); };
  return !known.macs.empty() &&
         (known.machine ? has_none(*known.machine)
                        : std::all_of(known.elsewhere.begin(), known.elsewhere.end(), has_none));
}

void compare_elsewhere(Known& known, const Record& now, std::span<const Record> candidates) {
  if (known.elsewhere.empty() || !needs_every_mac(known) || now.get(Field::host) != paths::host_name())
    return;
  if (has_other_mac(known, now, candidates)) known.contradicted = contradiction(known, now);
}

std::vector<Record> confirmed(const Known& known, std::span<const Record> candidates) {
  std::vector<Record> found;
  if (contradictor(known, *known.machine, candidates) != nullptr) return found;
  for (const auto& now : candidates) {
    if (fit_of(known, *known.machine, now, candidates) < Fit::likely) continue;
    const bool differs = std::any_of(known.address.keys.begin(), known.address.keys.end(),
                                     [&](const model::Pair& pair) { return contradicts(pair, now); });
    if (!differs) add_once(found, now);
  }
  if (found.empty()) return found;
  // Somebody else may have taken the same name meanwhile.
  for (auto& other : matching(known.address, candidates)) add_once(found, other);
  return found;
}

void compare_missed(Known& known, std::span<const Record> candidates) {
  if (!known.missed || known.contradicted) return;
  if (const auto* other = contradictor(known, *known.missed, candidates))
    known.contradicted = contradiction(known, *other);
}

void forget_machine(Known& known, std::span<const Record> candidates) {
  const auto& machine = *known.machine;
  if (const auto* other = contradictor(known, machine, candidates))
    known.contradicted = contradiction(known, *other);
  const auto& uuid = machine.get(Field::uuid);
  const auto& path = machine.get(Field::id);
  const bool is_anonymous =
      uuid.empty() && path.empty() && known.macs.empty() && machine.get(Field::label).empty();
  known.hint = "the inventory has it as ";
  if (is_anonymous)
    known.hint += "a " + typed(machine) +
                  " of this host, but its record has no UUID, label, MAC address or path, and no "
                  "hypervisor knows it by anything else";
  else
    known.hint +=
        (uuid.empty() ? identity_of(machine, known.macs.empty() ? "" : known.macs.front()) +
                            (path.empty() ? "" : " of " + text::printable(path)) + ", without a UUID,"
                      : typed(machine) + ' ' + text::printable(uuid)) +
        " of this host, but no hypervisor has such a machine with these keys";
  if (uuid.empty()) known.fix = "complete its record in " + text::printable(known.file.string());
  known.missed = std::move(known.machine);
  known.machine.reset();
}

void explain_type(Known& known, const model::Address& address) {
  if (!known.missed || known.contradicted) return;
  const auto type = text::upper(known.missed->get(Field::type));
  const auto files = plugin::find_each(type);
  if (type.empty() || files) return;
  known.contradicted = files.error();
  known.contradicted->summary = "cannot find machine " + quoted(address);
  known.contradicted->why = "the inventory has it as a machine of type " + text::printable(type) +
                            ", and no plugin serves " + text::printable(type);
}

void explain_missing(const Known& known, Error& error) {
  if (known.contradicted && error.code == Exit::nothing) {
    error = *known.contradicted;
    return;
  }
  const bool is_all = error.why.empty();
  // Who could not be asked may have the machine that was missed.
  if (known.hint.empty() || error.code == Exit::refused || (!is_all && known.missed)) return;
  error.why += (is_all ? "" : "; ") + known.hint;
  if (is_all && !known.fix.empty()) error.fix = known.fix;
}

namespace {

std::string with_uuid(const Record& machine) {
  return typed(machine) + ' ' + text::printable(machine.get(Field::uuid));
}

// The machine of another host that was meant, if this one cannot be it. Who named the host means what is
// there.
const Record* another_elsewhere(const Known& known, const Record& now) {
  if (now.get(Field::host) != paths::host_name()) return nullptr;
  const auto is_known = [](const Record& machine) { return !machine.get(Field::uuid).empty(); };
  const auto is_it = [&](const Record& machine) {
    return is_known(machine) && holds(now, "UUID", machine.get(Field::uuid));
  };
  const auto& others = known.elsewhere;
  if (std::any_of(others.begin(), others.end(), is_it)) return nullptr;
  const auto other = std::find_if(others.begin(), others.end(), is_known);
  return other == others.end() ? nullptr : &*other;
}

}  // namespace

std::optional<Error> mistaken(const Known& known, const model::Address& address, const Record& now) {
  if (known.contradicted) return known.contradicted;
  if (now.get(Field::uuid).empty()) return std::nullopt;
  if (const auto* other = another_elsewhere(known, now))
    return Error{
        Exit::refused, quoted(address) + " is another machine than the inventory has, nothing was done",
        "there is " + with_uuid(now) + " here; the inventory has " + with_uuid(*other) + " on " +
            text::printable(other->get(Field::host)),
        known.fix + "; or name the machine that is here: uuid:" + text::printable(now.get(Field::uuid)) +
            "; or record it: ctys vdbgen --append"};
  if (!known.missed) return std::nullopt;
  const auto& recorded = known.missed->get(Field::uuid);
  if (recorded.empty() || holds(now, "UUID", recorded)) return std::nullopt;
  const auto seen = text::printable(known.missed->get(Field::seen));
  return Error{
      Exit::refused, quoted(address) + " is another machine than the inventory has, nothing was done",
      "there is " + with_uuid(now) + " now; " + text::printable(known.file.string()) + " has " +
          with_uuid(*known.missed) + (seen.empty() ? "" : ", last seen " + seen),
      "record it: ctys vdbgen --append, and take the old record out of that file; "
      "or name the machine that is there: uuid:" +
          text::printable(now.get(Field::uuid)) + "; or leave the inventory out: --inventory off (-c off)"};
}

}  // namespace ctys::action
