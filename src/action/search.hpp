// Asking the plugins: who is there, and which of them do the addresses of a request mean.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "action/known.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"
#include "remote/links.hpp"
#include "wire/message.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys::action {

// How long a question may take, in milliseconds: as the request says, else 10 s.
[[nodiscard]] int reading_deadline(const model::Request& request);
// All of it, where that is what is left of it.
[[nodiscard]] std::optional<int> whole_deadline(const model::Request& request);

// The request with what its deadline has left: one time for all that is asked and done since then.
[[nodiscard]] model::Request rest_of(const model::Request& request,
                                     std::chrono::steady_clock::time_point begin);

// One call for each plugin the request's types select, with the reading deadline (default 10 s).
[[nodiscard]] std::vector<wire::Call> reading_calls(const model::Request& request, wire::Verb verb,
                                                    const std::vector<model::Pair>& options);

// Asks them all, on this host and on the request's targets at the same time; shows progress on a terminal.
// `there`: more options for other hosts, see action/answer.hpp.
[[nodiscard]] plugin::Outcome ask(const model::Request& request, wire::Verb verb,
                                  const std::vector<model::Pair>& options,
                                  const std::vector<model::Pair>& there = {});

// ENUMERATE everywhere, below the folders named or, where none are, below each host's default ones.
[[nodiscard]] plugin::Outcome ask_for_stored(const model::Request& request,
                                             const std::vector<std::string>& bases);

// The same question to every other host of the request, whose own ctys chooses the plugins.
[[nodiscard]] std::vector<remote::Job> questions(const model::Request& request, wire::Verb verb,
                                                 const std::vector<model::Pair>& options,
                                                 const std::vector<model::Pair>& there);

// One call to the nearest gateway of the request, which makes it to these hosts, or has the next one do so.
[[nodiscard]] remote::Job through_gateways(const model::Request& request, wire::Call call,
                                           std::span<const model::Target> targets);

// How the request's targets are reached.
[[nodiscard]] remote::Way way_of(const model::Request& request);

// Is this host among those the request is for?
[[nodiscard]] bool asks_here(const model::Request& request);
// Is any other?
[[nodiscard]] bool asks_elsewhere(const model::Request& request);

// Asks this host only. `caller`: a descriptor whose end ends it, -1: none.
[[nodiscard]] plugin::Outcome ask_here(const model::Request& request, wire::Verb verb,
                                       const std::vector<model::Pair>& options, const plugin::Options& how,
                                       int caller);

// Adds a failure when no plugin serves LIBVIRT_DEFAULT_URI, and so none had anything to say.
void tell_unserved(const model::Request& request, plugin::Outcome& outcome);

// What one address of a request turned out to be.
struct Target {
  model::Address address;
  Known known;  // what the inventory says about it
  std::vector<model::Record> matches;
  // Where other hosts are asked: what it says of it on each host, for that host's machines only.
  std::map<std::string, Known, std::less<>> known_on = {};
};
// Why nothing may be done with one of its matches: see action/known.hpp.
[[nodiscard]] std::optional<Error> mistaken(const Target& target, const model::Record& match);
struct Found {
  std::vector<Target> targets;                // one for each address, in order
  std::vector<plugin::Failure> failures;      // of the sources: something may have remained unseen
  std::vector<plugin::Failure> broken_files;  // machine files that could not be read
  bool has_inventory = false;                 // there is one, and it was asked
};

// Looks all addresses of the request up: first in the inventory, which tells whom to ask, then at the
// hypervisors, who are asked only for what the keys need. `may_create`: machine files count too, and are
// searched for below the base folders when no domain matches. Errors: the inventory has several machines for
// an address, it alone may be asked and does not have it, or it cannot be asked: see known_machines.
[[nodiscard]] Result<Found> find_machines(const model::Request& request, bool may_create, Purpose purpose);

// Keeps the labels of an answer for completion. `every_machine`: the question was for all of them; whether
// all answered, and nobody asked for fewer, is seen here. What goes wrong is told to the log only.
void remember(const model::Request& request, const plugin::Outcome& outcome, bool every_machine);

// A machine that the workers have found, as the address of a call that acts on it.
[[nodiscard]] wire::Call acting_call(const model::Request& request, wire::Verb verb,
                                     const model::Record& machine);

}  // namespace ctys::action
