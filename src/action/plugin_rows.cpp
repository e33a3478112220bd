// A row for every plugin of this host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/plugin_rows.hpp"

#include "action/search.hpp"
#include "plugin/collector.hpp"
#include "plugin/find.hpp"
#include "plugin/worker.hpp"

#include <algorithm>

namespace ctys::action {
using model::Record;

plugin::Outcome plugin_rows(const model::Request& request, const plugin::Options& how, int caller) {
  auto calls = reading_calls(request, wire::Verb::probe, {});
  for (auto& call : calls) call.asked_by_type = true;
  plugin::Collector collector(calls, how, plugin::serve, -1, true);
  plugin::wait_for(collector, caller);
  auto outcomes = collector.take_each();
  plugin::Outcome all;
  const auto files = plugin::find_all();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto file =
        std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.type == calls[i].type; });
    const std::string path = file == files.end() ? std::string() : file->path.string();
    for (auto& record : outcomes[i].records) {
      record.set(Field::id, path);
      all.records.push_back(std::move(record));
    }
    for (auto& failure : outcomes[i].failures) {
      if (file == files.end()) {  // the user named a type that does not exist
        all.failures.push_back(std::move(failure));
        continue;
      }
      Record broken;
      const auto& error = failure.error;
      broken.set(Field::host, failure.host).set(Field::type, calls[i].type).set(Field::id, path);
      broken.set(Field::state, "unusable")
          .set(Field::detail, error.summary + (error.why.empty() ? "" : ": " + error.why) +
                                  (error.fix.empty() ? "" : "; " + error.fix));
      all.records.push_back(std::move(broken));
    }
  }
  return all;
}

}  // namespace ctys::action
