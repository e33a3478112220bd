// `ctys persist`: lists the connections that calls have left for those after them, or ends them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/persist.hpp"

#include "action/actions.hpp"
#include "action/background.hpp"
#include "action/finish.hpp"
#include "base/text.hpp"

#include <utility>

namespace ctys::action {

Exit persist(const model::Request& request) {
  auto all = remote::list_kept(request.persist.verb == model::PersistVerb::end);
  if (!all) return finish(all.error(), request);
  for (auto& record : all->records)
    if (const auto left = text::number(record.get(Field::value)))
      record.set(Field::value, time_taken(static_cast<std::int64_t>(*left)));
  return finish(model::Layout::kept, *std::move(all), request);
}

}  // namespace ctys::action
