// Which machine does an address mean? Pure: from candidate records to the one that is meant.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <optional>
#include <span>
#include <vector>

namespace ctys::action {

// What the keys of an address need to be looked up by; asking for less is faster.
struct Needs {
  bool guest_address = false;  // TCP, or a bare word that may be one
  bool every_mac = false;      // MAC: interfaces beyond the first
  bool files = false;          // machine files below base folders
};
[[nodiscard]] Needs needs_of(const model::Address& address);

// All records that an address can mean, each machine once. A bare WORD is a label; only when no machine has
// that label it is a name, then a UUID, a MAC address, a guest address, and at last a path.
[[nodiscard]] std::vector<model::Record> matching(const model::Address& address,
                                                  std::span<const model::Record> candidates);

// Does a record have this value under the key of an address? An empty field has none. BASEPATH holds always.
[[nodiscard]] bool holds(const model::Record& record, std::string_view key, std::string_view value);
// Appends a machine unless it is there already.
void add_once(std::vector<model::Record>& machines, const model::Record& machine);

// Was a failure what kept a host from telling all its machines, and not the one that `machine` is on?
[[nodiscard]] bool keeps_another_host_unseen(const plugin::Failure& failure, const model::Record& machine);

// Does the session belong to those whose sessions are meant?
[[nodiscard]] bool in_scope(const model::Scope& scope, const model::Record& session);

// Same machine: host, type, connection and UUID (id where there is none).
[[nodiscard]] bool same_machine(const model::Record& a, const model::Record& b);

// The failure (5) of acting on all of these where two hosts tell of one UUID: they may be two names of one
// host, and the machine would be acted on twice. Whether they are, nobody here knows. A machine that is off
// counts once: nothing runs of it, as on the host that it has left.
[[nodiscard]] std::optional<plugin::Failure> told_twice(std::span<const model::Record> machines);

// The failure (6) of an address that means nothing. `kind` says what was looked for: "machine", "running
// machine".
[[nodiscard]] plugin::Failure no_machine(const model::Address& address, std::string_view kind);

// Do these failures leave it open whether there is a machine that nobody told of? A hypervisor that is not
// installed has none, and who could not tell all of one machine has told of the others.
[[nodiscard]] bool leave_machines_unseen(std::span<const plugin::Failure> failures);

// The one machine that is meant, or an error: nothing matched (6), several did (5, with what tells them
// apart), or a source that could have known another one did not answer (5). `failures` are those of the
// search. For acting only.
[[nodiscard]] Result<model::Record> the_one(const model::Address& address, std::vector<model::Record> matches,
                                            std::span<const plugin::Failure> failures);

}  // namespace ctys::action
