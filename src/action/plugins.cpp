// `ctys plugins`: every plugin there is, usable or not, and why not.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "plugin/find.hpp"

#include <algorithm>

namespace ctys::action {
using model::Record;

// A plugin that cannot even be asked is a line of this list, not a failure of it.
Exit plugins(const model::Request& request) {
  if (request.plan)
    return finish(model::Layout::result, {planned_questions(request, "its state"), {}}, request);
  auto calls = reading_calls(request, wire::Verb::probe, {});
  for (auto& call : calls) call.asked_by_type = true;
  auto outcomes = plugin::collect_each(calls, {});
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
          .set(Field::detail, error.summary + (error.why.empty() ? "" : ": " + error.why));
      all.records.push_back(std::move(broken));
    }
  }
  return finish(model::Layout::plugins, all, request);
}

}  // namespace ctys::action
