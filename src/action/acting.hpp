// What CREATE, CANCEL and attribute share: every address resolved before anything is done, then all at once.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "action/search.hpp"
#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ctys::action {

// The machines that the addresses of a request mean, one each; or what is wrong with the addresses, and then
// no machine may be touched at all.
struct Resolved {
  std::vector<model::Record> machines;
  std::vector<plugin::Failure> failures;
  // Who did not answer although the machines are certain: told with what was done.
  std::vector<plugin::Failure> silent = {};
};
// Takes failures of plugins that cannot be loaded out of what was found, and tells them as warnings. They
// stay where a machine was not found, a type was asked for by name, or another host has no such plugin.
void set_unloaded_aside(const model::Request& request, Found& found);

[[nodiscard]] Resolved resolve(const model::Request& request, bool may_create,
                               Purpose purpose = Purpose::acting);

// Adds to each that nothing was done at all: whoever named several machines would wonder about the others.
void tell_nothing_was_done(std::vector<plugin::Failure>& failures);

// The request for looking for the machines of a deed. Where one of those who are asked may be silent and the
// others' machines are acted on, it has half of the time.
[[nodiscard]] model::Request for_look_up(const model::Request& request);
// What is left of the request for the deed, once its machines were found. With -b seq each has a time of its
// own.
[[nodiscard]] model::Request rest_for_deed(const model::Request& request,
                                           std::chrono::steady_clock::time_point begin);

// Why nothing is begun any more: the time is over, or somebody has asked for an end.
[[nodiscard]] std::optional<Error> too_late(const model::Request& request);
// The same as a failure of each of these machines.
[[nodiscard]] std::vector<plugin::Outcome> not_begun(const Error& why,
                                                     std::span<const model::Record> machines,
                                                     std::string_view doing);

// Takes the machines out of a list that broke off: what else is there was not seen, and whoever wants all of
// them gets none of that host. Each is a failure among `silent`, which begins with those of the list.
void set_doubtful_aside(std::vector<model::Record>& machines, std::vector<plugin::Failure>& silent);

// Makes the calls, one for each machine, all at the same time and each on the host where the machine is, with
// a progress line on a terminal. The outcomes come in order of the machines; their records have the machine's
// connection, their failures its label.
[[nodiscard]] std::vector<plugin::Outcome> act(const model::Request& request,
                                               std::span<const wire::Call> calls,
                                               std::span<const model::Record> machines,
                                               std::string_view doing);

// The other host that a machine is on; nullptr: it is on this one.
[[nodiscard]] const model::Target* target_of(const model::Request& request, const model::Record& machine);

// Is a machine in this state off: no process of it runs?
[[nodiscard]] bool is_off(std::string_view state);

// A failure that is about one machine.
[[nodiscard]] plugin::Failure failure_of(const model::Record& machine, Error error);

}  // namespace ctys::action
