// What became of the machines whose worker was ended before it could say.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::action {

// A worker that was ended at its deadline or by a signal leaves its machine in a state that nobody told. Asks
// once more, for two seconds, and gives each such machine a record (with its state where that could be seen;
// result: unknown, or done where that state is the one that was wished for) and a failure that says so:
// whoever ends a worker does not end what the hypervisor was asked for. One that had told its result before
// it was ended has told all. `doing`: "start", "stop". The
// outcomes come in order of the machines. Machines of other hosts cannot be asked for: `may_ask` is false for
// them.
void tell_aftermath(std::span<const model::Record> machines, std::vector<plugin::Outcome>& outcomes,
                    std::string_view doing, bool may_ask = true);

// The same on the far side of a call that acts, which is all that is known of the machine there: the state is
// asked for where the machine is, whoever waits for the answer.
void tell_aftermath(const wire::Call& call, std::vector<plugin::Outcome>& outcomes);

// Of a deed on other hosts: each machine has one result, or a failure. A host that ended well without a
// result, or told of another machine or of one twice, gets a failure, and tell_aftermath() then says
// `unknown` of the machine.
void hold_to_results(std::span<const model::Record> machines, std::vector<plugin::Outcome>& outcomes);

}  // namespace ctys::action
