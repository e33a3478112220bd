// -C MACMAP and MACMAPONLY: addresses from macmap.fdb, without the records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "inventory/macmap.hpp"

#include <algorithm>
#include <array>

namespace ctys::action {
namespace {

using inventory::MacRow;
using inventory::Query;
using inventory::Term;
using model::Reachability;

// A row as a record that has nothing but its name and its addresses.
std::string record_of(const MacRow& row) {
  std::array<std::string_view, inventory::kFields> fields{};
  const auto at = [&](Field field) -> auto& {
    return fields[static_cast<std::size_t>(field) - 1];
  };
  at(Field::mac) = row.mac;
  at(Field::tcp) = row.ip;
  at(Field::net_name) = row.name;
  std::string line;
  for (const auto& field : fields)
    line.append(line.empty() && &field == fields.data() ? "" : ";").append(field);
  return line;
}

// Words are looked for in the row as it stands in the file, with the MAC address in either case; a whole MAC
// address is one however it is spelled.
bool matches(const Term& term, const MacRow& row, inventory::Cells& cells, std::uint64_t number) {
  const auto lower = text::lower(row.mac);
  if (term.kind == Term::Kind::line)
    return inventory::machine_mac(term.value) == row.mac || term.pattern.matches(to_text(row)) ||
           term.pattern.matches(row.name + ';' + lower + ';' + row.ip);
  const bool of_mac =
      term.kind == Term::Kind::field && term.fields == std::vector<std::uint8_t>{inventory::kMac};
  if (of_mac && (inventory::machine_mac(term.value) == row.mac || term.pattern.matches(lower))) return true;
  return inventory::holds(term, cells, number) != term.negated;
}

bool holds(const Term& term, const MacRow& row, inventory::Cells& cells, std::uint64_t number) {
  return matches(term, row, cells, number) != term.negated;
}

bool holds(const Query& query, const MacRow& row, std::string_view line, std::uint64_t number) {
  inventory::Cells cells(line);
  return std::all_of(query.clauses.begin(), query.clauses.end(), [&](const auto& clause) {
    return std::any_of(clause.begin(), clause.end(),
                       [&](const Term& term) { return holds(term, row, cells, number); });
  });
}

}  // namespace

bool asks_macmap(const model::Request& request) {
  const auto& inventory = request.inventory;
  if (inventory.macmap != model::MacmapUse::first) return inventory.macmap == model::MacmapUse::only;
  const auto& columns = request.output.columns;
  return !columns.empty() && !inventory.prints_address && !inventory.batch && request.types.empty() &&
         request.output.format != model::Format::machine && inventory.reduce != model::Reduce::complement &&
         inventory.reachability.how == Reachability::How::none &&
         std::all_of(columns.begin(), columns.end(), [](const auto& column) {
           return column.field == Field::tcp || column.field == Field::mac || column.field == Field::net_name;
         });
}

Result<void> gather_macmap(const model::Request& request, const Lookup& lookup, Kept& rows) {
  const auto directories = inventory::view_directories(request.inventory.databases);
  const auto view = inventory::read_macmaps(directories);
  if (!view) {
    if (request.inventory.macmap == model::MacmapUse::only || view.error().code != Exit::no_macmap)
      return tl::unexpected<Error>(view.error());
    const auto& error = view.error();
    tell_warnings(std::array{error.summary + ": the records alone are looked at; " + error.fix});
    return {};
  }
  tell_warnings(view->warnings);
  const bool inverted = request.inventory.reduce == model::Reduce::complement;
  const auto& all = view->macmap.rows;
  const auto has_key = [&](const MacRow& row) {
    return lookup.key && inventory::holds(*lookup.key, record_of(row)) != 0;
  };
  const bool is_key = std::any_of(all.begin(), all.end(), has_key);
  if (!is_key && lookup.bad_query) return tl::unexpected<Error>(*lookup.bad_query);
  std::uint64_t number = 0;
  for (const auto& row : all) {
    const auto line = record_of(row);
    ++number;
    const bool is_meant = is_key ? has_key(row) != lookup.is_negated : holds(lookup.query, row, line, number);
    if (is_meant != inverted && holds(lookup.besides, row, line, number)) rows.add({line, number, '\0'});
  }
  return {};
}

}  // namespace ctys::action
