// Is the machine that a hypervisor shows another one than the inventory has?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/fit.hpp"
#include "action/known.hpp"
#include "action/match.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/fold.hpp"
#include "model/address.hpp"
#include "plugin/find.hpp"

#include <algorithm>
#include <utility>

namespace ctys::action {
using model::Record;

std::string quoted(const model::Address& address) {
  return "'" + text::printable(address.text).substr(0, 200) + "'";
}

namespace {

// Does the hypervisor say something else about a key than the address?
bool contradicts(const model::Pair& pair, const Record& now) {
  const auto says = [&](Field field) { return !now.get(field).empty(); };
  const bool heard = (pair.key == "LABEL" && says(Field::label)) ||
                     (pair.key == "NAME" && says(Field::name)) || (pair.key == "UUID" && says(Field::uuid));
  return heard && !holds(now, pair.key, pair.value);
}

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

// The same, with the path where two have different ones.
std::string identity_of(const Record& machine, std::string_view mac, const Record& other) {
  auto text = identity_of(machine, mac);
  const auto& path = machine.get(Field::id);
  if (!path.empty() && !other.get(Field::id).empty() &&
      !inventory::recorded_alike(path, other.get(Field::id)))
    text += " of " + text::printable(path);
  return text;
}

// Does the address as it was written lead there without the inventory? Numbers of records, and what only the
// inventory knows, do not.
std::string or_without_inventory(const Known& known, const Record& now) {
  if (has_number(known.address) || matching(known.address, std::span(&now, 1)).empty()) return {};
  return "; or " + std::string(kWithoutInventory);
}

Error contradiction(const Known& known, const Record& now) {
  const bool is_here = known.machine || known.missed;
  const auto& recorded = known.machine ? *known.machine : is_here ? *known.missed : known.elsewhere.front();
  const auto file = text::printable(known.file.string());
  const auto& uuid = now.get(Field::uuid);
  return {Exit::refused,
          quoted(known.address) + " is another machine than the inventory has, nothing was done",
          "there is " + identity_of(now, now.get(Field::mac), recorded) + " now; " + file + " has " +
              identity_of(recorded, known.macs.empty() ? "" : known.macs.front(), now) +
              (is_here ? "" : " on " + text::printable(recorded.get(Field::host))) + ", without a UUID",
          "correct the record in " + file +
              (uuid.empty() ? std::string()
                            : "; or name the machine that is there: uuid:" + text::printable(uuid)) +
              or_without_inventory(known, now)};
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
    known.hint += "a " + typed(machine) + " of " + place_of(known) +
                  ", but its record has no UUID, label, MAC address or path, and no "
                  "hypervisor knows it by anything else";
  else
    known.hint +=
        (uuid.empty() ? identity_of(machine, known.macs.empty() ? "" : known.macs.front()) +
                            (path.empty() ? "" : " of " + text::printable(path)) + ", without a UUID,"
                      : typed(machine) + ' ' + text::printable(uuid)) +
        " of " + place_of(known) + ", but no hypervisor has such a machine with these keys";
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

bool has_bad_uuid(const Record& recorded) {
  const auto& uuid = recorded.get(Field::uuid);
  return !uuid.empty() && !model::canonical_uuid(inventory::undecorated(uuid));
}

// A record that says something else where a UUID belongs.
Error bad_record(const Known& known, const Record& recorded, const Record& now) {
  const auto file = text::printable(known.file.string());
  return {Exit::refused,
          "the record of " + quoted(known.address) + " has no UUID that is one, nothing was done",
          file + " has '" + text::printable(recorded.get(Field::uuid)) + "' for it; there is " +
              with_uuid(now) + " now",
          "correct the record in " + file + "; or name the machine that is there: uuid:" +
              text::printable(now.get(Field::uuid)) + or_without_inventory(known, now)};
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
  if (const auto* other = another_elsewhere(known, now); other != nullptr && has_bad_uuid(*other))
    return bad_record(known, *other, now);
  if (const auto* other = another_elsewhere(known, now))
    return Error{
        Exit::refused, quoted(address) + " is another machine than the inventory has, nothing was done",
        "there is " + with_uuid(now) + " here; the inventory has " + with_uuid(*other) + " on " +
            text::printable(other->get(Field::host)),
        known.fix + "; or name the machine that is here: uuid:" + text::printable(now.get(Field::uuid)) +
            "; or record it: " + known.recording};
  const auto may_be = [&](const Record& machine) {
    return machine.get(Field::uuid).empty() || holds(now, "UUID", machine.get(Field::uuid));
  };
  if (!known.several.empty() && std::none_of(known.several.begin(), known.several.end(), may_be))
    return Error{Exit::refused,
                 quoted(address) + " is another machine than the inventory has, nothing was done",
                 "there is " + with_uuid(now) + " now, which is none of the " +
                     std::to_string(known.several.size()) + " machines that the inventory has for it",
                 "record it: " + known.recording + "; or name the machine that is there: uuid:" +
                     text::printable(now.get(Field::uuid)) + or_without_inventory(known, now)};
  if (!known.missed) return std::nullopt;
  const auto& recorded = known.missed->get(Field::uuid);
  if (recorded.empty() || holds(now, "UUID", recorded)) return std::nullopt;
  if (has_bad_uuid(*known.missed)) return bad_record(known, *known.missed, now);
  const auto seen = text::printable(known.missed->get(Field::seen));
  return Error{Exit::refused,
               quoted(address) + " is another machine than the inventory has, nothing was done",
               "there is " + with_uuid(now) + " now; " + text::printable(known.file.string()) + " has " +
                   with_uuid(*known.missed) + (seen.empty() ? "" : ", last seen " + seen),
               "record it: " + known.recording + ", and take the old record out of that file; " +
                   "or name the machine that is there: uuid:" + text::printable(now.get(Field::uuid)) +
                   or_without_inventory(known, now)};
}

}  // namespace ctys::action
