// One host after the other.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/in_turn.hpp"

#include <utility>

namespace ctys::action {

std::vector<plugin::Outcome> ask_in_turn(std::vector<remote::Job> jobs, remote::Way way,
                                         const plugin::Options& how) {
  way.keep = false;  // connections that wait for the end of the others are none
  std::vector<plugin::Outcome> outcomes;
  outcomes.reserve(jobs.size());
  for (auto& job : jobs) {
    if (plugin::asked_to_end() != 0) {
      plugin::Failure failure{plugin::interrupted(), job.target.name, {}};
      failure.no_answer = true;
      outcomes.push_back({{}, {std::move(failure)}, false});
      continue;
    }
    std::vector<remote::Job> one;
    one.push_back(std::move(job));
    outcomes.push_back(std::move(remote::ask_each(std::move(one), way, how).front()));
  }
  return outcomes;
}

}  // namespace ctys::action
