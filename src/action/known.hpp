// What the inventory adds to the addresses of a request, before the hypervisors are asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys::action {

// What is known of one address.
struct Known {
  std::string host;                      // whose machines are meant; empty: this one's
  std::optional<model::Record> machine;  // the one machine of that host that it means by the inventory
  std::vector<model::Record> several;    // those that it means, where the user wants all of them
  std::vector<std::string> macs;         // of its interfaces, or of those of `elsewhere`
  model::Address address;        // as given; with `machine`, a bare word under the key it was found by
  std::optional<Error> refused;  // the address may not be followed: several machines, or -c only
  std::string fix;               // what to do about that; may be empty
  std::string hint;  // why no machine may be found at all: it is another host's, its keys do not agree
  std::filesystem::path file;                      // that `machine` is recorded in
  std::string recording = "ctys vdbgen --append";  // the command that records what is there now
  std::optional<model::Record> missed;   // what was `machine` before no hypervisor had it with these keys
  std::optional<Error> contradicted;     // by a machine that is there under its label or MAC address
  std::vector<model::Record> elsewhere;  // the machines of other hosts that it means, where this one has none
};

inline constexpr std::string_view kWithoutInventory = "leave the inventory out: --inventory off (-c off)";

// Is there an inventory to speak of: named by the user, or made in the usual place?
[[nodiscard]] bool expects_inventory(const model::Request& request);

// Is a record meant by its number?
[[nodiscard]] bool has_number(const model::Address& address);

// "this host", or the name of another one.
[[nodiscard]] std::string place_of(const Known& known);

// The address as it was written, in quotes.
[[nodiscard]] std::string quoted(const model::Address& address);

// Whoever acts on a machine needs the inventory's word that it is the one that was meant.
enum class Purpose : bool { reading, acting };

// One Known for each address of the request, in order; empty when the inventory is not to be asked, or there
// is none. A database that is missing or cannot be read is an error with -c only, and for who acts where it
// was named by the user, or the default one is there; who reads is told it as a warning. That the default one
// was never made is nothing to speak of.
// `host`: whose machines are meant; empty: this one's.
[[nodiscard]] Result<std::vector<Known>> known_machines(const model::Request& request, Purpose purpose,
                                                        const std::string& host = {});

// Tells who only reads that there is no inventory for him: nobody but the hypervisors is asked.
void tell_unusable(const Error& error);

// The request with machines that are named by the number of their record (DBRECORD) named by UUID instead, by
// path or label where the record has none: for questions that are answered without a look at the inventory.
// Errors: those of known_machines; the record is no machine of this host (status 6).
[[nodiscard]] Result<model::Request> without_numbers(const model::Request& request);

// Of what the hypervisors have shown, the machine that the inventory means: same type and UUID; where the
// record has no UUID, same path, MAC address or label, as far as it has them, and neither another MAC address
// nor another label. None of the keys contradicts what the hypervisor says now. Keys that it says nothing
// about, such as the guest address of a stopped machine, are believed to the inventory. When another machine
// has the given keys too, both are there.
[[nodiscard]] std::vector<model::Record> confirmed(const Known& known,
                                                   std::span<const model::Record> candidates);

// The inventory's word about the machine turned out to be wrong, or old, by what the hypervisors have shown:
// it is no longer believed.
void forget_machine(Known& known, std::span<const model::Record> candidates);

// The same of what was shown since.
void compare_missed(Known& known, std::span<const model::Record> candidates);

// Is the MAC address what tells whether it is the machine that the inventory has?
[[nodiscard]] bool needs_every_mac(const Known& known);

// The same where the inventory has the machine on other hosts only, without a UUID, and one of this host
// `now` was found: it is contradicted by another MAC address.
void compare_elsewhere(Known& known, const model::Record& now, std::span<const model::Record> candidates);

// A machine that was found nowhere, of a type that no plugin serves: it is not known to be nowhere.
void explain_type(Known& known, const model::Address& address);

// Adds to the error about a machine that was not found what the inventory knows of it. Where its record is
// contradicted, that is the error.
void explain_missing(const Known& known, Error& error);

// Why nothing may be done with the machine that a hypervisor shows `now` under the keys of `address`: the
// inventory has missed another one, with another UUID or MAC address, under them, or has another one on
// another host.
[[nodiscard]] std::optional<Error> mistaken(const Known& known, const model::Address& address,
                                            const model::Record& now);

}  // namespace ctys::action
