// Reads --persist, $CTYS_PERSIST, and what `ctys persist` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/persist_options.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace ctys::cli {

Result<void> settle_persist(model::Where& where) {
  const auto set = paths::environment("CTYS_PERSIST");
  if (!where.persist && set) where.persist = TRY(parse_time("CTYS_PERSIST", *set));
  if (where.persist && where.persist->count() == 0) where.persist.reset();
  return {};
}

Result<void> read_persist(Draft& draft, const ModernLine& line) {
  if (line.words.empty()) return {};
  const auto verbs = text::split(kPersistVerbs, '|');
  const auto at = std::find(verbs.begin(), verbs.end(), line.words.front());
  if (at == verbs.end()) return bad_word("ctys persist", line.words.front(), kPersistVerbs);
  if (line.words.size() > 1)
    return fail(Exit::usage,
                "unexpected word " + in_quotes(line.words[1]) + " behind persist " + std::string(*at), {},
                "leave it out: all that is kept is meant");
  draft.request.persist.verb = static_cast<model::PersistVerb>(at - verbs.begin());
  return {};
}

}  // namespace ctys::cli
