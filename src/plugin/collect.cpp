// Asks many workers at once and gathers what they answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/collect.hpp"

#include "plugin/collector.hpp"
#include "plugin/worker.hpp"

#include <iterator>

namespace ctys::plugin {

std::vector<Outcome> collect_each(std::span<const wire::Call> calls, const Options& options) {
  Collector collector(calls, options, serve, -1, true);
  wait_for(collector);
  return collector.take_each();
}

Error interrupted() {
  return {Exit::failed, "interrupted", {}, "run the command again"};
}

bool is_interrupted(const Failure& failure) {
  return failure.no_answer && failure.error.summary == interrupted().summary;
}

Outcome collect(std::span<const wire::Call> calls, const Options& options) {
  return merged(collect_each(calls, options));
}

Outcome merged(std::vector<Outcome> outcomes) {
  Outcome all;
  for (auto& one : outcomes) {
    std::move(one.records.begin(), one.records.end(), std::back_inserter(all.records));
    all.silent = all.silent && one.silent;
    std::move(one.failures.begin(), one.failures.end(), std::back_inserter(all.failures));
  }
  return all;
}

}  // namespace ctys::plugin
