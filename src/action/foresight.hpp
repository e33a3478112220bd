// What an action would refuse, as far as it can be seen without doing anything: for its plan.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ctys::action {

// The same call as a question: its plugin tells what it would refuse, and does nothing. What is to be done
// stands in the call's first option.
void make_plan(wire::Call& call);

// A planned step that the plugin may refuse.
struct Doubt {
  wire::Call call;  // that the action would make
  model::Record machine;
  std::size_t step = 0;  // its place among the plan's records
};
// Asks the plugins; a step that would be refused gives way to that failure.
void resolve_doubts(const model::Request& request, std::vector<Doubt> doubts, plugin::Outcome& plan);

// Whoever names a file means what stands in it now, also where a machine was made of it before.
[[nodiscard]] bool is_by_file(const model::Request& request, const model::Record& machine);

// What would be done with a machine of a file before it is started.
struct Definition {
  std::string step = {};                       // "define it by ...", empty: nothing
  std::vector<plugin::Failure> failures = {};  // what is wrong with the file, or keeps it from being defined
};
// A machine that is named by its file becomes what stands in the file, with the state of the domain that has
// its UUID already. Any other is left as it is.
[[nodiscard]] Definition read_definition(const model::Request& request, model::Record& machine);

}  // namespace ctys::action
