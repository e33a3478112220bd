// A row for every plugin of this host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/plugin_rows.hpp"

#include "action/search.hpp"
#include "base/paths.hpp"
#include "plugin/collector.hpp"
#include "plugin/find.hpp"
#include "plugin/worker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ctys::action {
using model::Record;
namespace {

Record unusable(std::string host, std::string type, const std::string& path, const Error& error) {
  Record row;
  row.set(Field::host, std::move(host)).set(Field::type, std::move(type)).set(Field::id, path);
  return row.set(Field::state, "unusable")
      .set(Field::detail, error.summary + (error.why.empty() ? "" : ": " + error.why) +
                              (error.fix.empty() ? "" : "; " + error.fix));
}

// The files for a type up to the one that is used, and what is wrong with those before it.
struct FilesOfType {
  std::string used;  // empty: none of several can be
  std::vector<Record> broken;
};

// Only where there are several has the search path to be gone through: of one alone its answer tells.
FilesOfType examined_files(const wire::Call& probe, const plugin::Options& how, int caller) {
  const auto files = plugin::find_each(probe.type).value_or(std::vector<plugin::File>());
  if (files.size() < 2) return {files.empty() ? std::string() : files.front().path.string(), {}};
  std::vector<wire::Call> calls(files.size(), probe);
  for (std::size_t i = 0; i < files.size(); ++i) calls[i].endpoint = files[i].path.string();
  plugin::Collector collector(calls, how, plugin::examine, -1, true);
  plugin::wait_for(collector, caller);
  auto outcomes = collector.take_each();
  FilesOfType found;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto path = files[i].path.string();
    if (outcomes[i].failures.empty()) {
      found.used = path;
      break;
    }
    auto& failure = outcomes[i].failures.front();
    found.broken.push_back(unusable(std::move(failure.host), probe.type, path, failure.error));
  }
  return found;
}

}  // namespace

plugin::Outcome plugin_rows(const model::Request& request, const plugin::Options& how, int caller) {
  auto calls = reading_calls(request, wire::Verb::probe, {});
  for (auto& call : calls) call.asked_by_type = true;
  plugin::Collector collector(calls, how, plugin::serve, -1, true);
  plugin::wait_for(collector, caller);
  auto outcomes = collector.take_each();
  plugin::Outcome all;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto files = examined_files(calls[i], how, caller);
    const bool is_told = files.used.empty() && !files.broken.empty();
    std::move(files.broken.begin(), files.broken.end(), std::back_inserter(all.records));
    for (auto& record : outcomes[i].records) {
      record.set(Field::id, files.used);
      all.records.push_back(std::move(record));
    }
    for (auto& failure : outcomes[i].failures) {
      if (is_told && failure.error.no_plugin) continue;
      if (files.used.empty())  // the user named a type that does not exist
        all.failures.push_back(std::move(failure));
      else
        all.records.push_back(unusable(std::move(failure.host), calls[i].type, files.used, failure.error));
    }
  }
  if (!request.types.empty()) return all;
  for (const auto& odd : plugin::find_odd())
    all.records.push_back(
        unusable(paths::host_name(), {}, odd.path.string(),
                 {Exit::failed, odd.path.string() + " is passed over", odd.refused, odd.remedy}));
  return all;
}

}  // namespace ctys::action
