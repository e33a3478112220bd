// Session types of -T: which there are is known to plugins and to the records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "model/lexer.hpp"
#include "plugin/find.hpp"

#include <set>

namespace ctys::action {
namespace {

// The types that stand in the records; with `one` only whether that is among them.
Result<std::set<std::string>> types_of(const inventory::Records& view, std::string_view one = {}) {
  std::set<std::string> types;
  (void)TRY(inventory::scan(view.files, {}, {}, [&](const inventory::Selected& record) {
    const auto type = inventory::field(record.line, static_cast<std::size_t>(Field::type));
    if (!type.empty() && (one.empty() || type == one)) types.emplace(type);
    return one.empty() || types.empty();
  }));
  return types;
}

}  // namespace

Result<void> check_types(const model::Request& request, const inventory::Records& view) {
  for (const auto& type : request.inventory.unnamed_types) {
    if (plugin::is_there(type) || !TRY(types_of(view, type)).empty()) continue;
    std::string known;
    for (const auto& file : plugin::find_all()) known += (known.empty() ? "" : ", ") + file.type;
    std::string recorded;
    for (const auto& one : TRY(types_of(view)))
      recorded += (recorded.empty() ? "" : ", ") + text::printable(one);
    return fail(Exit::usage, "unknown session type " + model::in_quotes(type), {},
                "types with a plugin here: " + (known.empty() ? "none" : known) +
                    "; types of records: " + (recorded.empty() ? "none" : recorded));
  }
  return {};
}

}  // namespace ctys::action
