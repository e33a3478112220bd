// VHOST and FIND: which machines does the inventory know?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"

#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "inventory/copy.hpp"
#include "inventory/find.hpp"
#include "inventory/upkeep.hpp"
#include "inventory/view.hpp"
#include "model/lexer.hpp"
#include "ui/render.hpp"
#include "ui/select.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

namespace ctys::action {
namespace {

using inventory::Query;
using inventory::Records;
using inventory::Term;
using model::Reduce;

using Matches = std::vector<inventory::Match>;

constexpr std::size_t kMostRepeated = std::size_t{1} << 24;  // rows of --compat

Query both(const Query& a, const Query& b) {
  Query all = a;
  all.clauses.insert(all.clauses.end(), b.clauses.begin(), b.clauses.end());
  return all;
}

// What a scan is for. Filters narrow a complement too: what they exclude never appears. So they are not part
// of what is turned round.
struct Wanted {
  Query query;
  bool inverted = false;             // the records for which `query` does not hold
  const Query* besides = nullptr;    // what must hold as well
  const Matches* matches = nullptr;  // of a key: these, or all others, of the records of `query`
  bool others = false;
  [[nodiscard]] bool has(const inventory::Selected& record) const {
    const auto is_it = [&](const inventory::Match& match) {
      return match.source == record.source && match.offset == record.offset;
    };
    if (matches != nullptr && std::any_of(matches->begin(), matches->end(), is_it) == others) return false;
    return besides == nullptr || inventory::holds(*besides, record.line, record.number);
  }
};
Wanted wanted_of(const Lookup& lookup, const Matches& matches, const model::Request& request) {
  const bool inverted = request.inventory.reduce == Reduce::complement;
  if (!matches.empty()) return {{}, false, &lookup.besides, &matches, inverted != lookup.is_negated};
  if (inverted) return {lookup.query, true, &lookup.besides};
  return {both(lookup.query, lookup.besides)};
}

// The records that have the key, in the order of the view.
Result<Matches> find_key(const Records& view, const Lookup& lookup, const model::Request& request) {
  if (!lookup.key) return Matches();
  const auto by = request.inventory.no_index ? inventory::By::scan : inventory::By::index;
  auto found = TRY(inventory::find_completed(view.files, *lookup.key, view.addresses, by));
  tell_faults(found.warnings);
  return std::move(found.matches);
}

inventory::ScanOptions scan_options(const Records& view, const Wanted& wanted,
                                    const model::Request& request) {
  inventory::ScanOptions options;
  options.addresses = &view.addresses;
  options.numbers = shows_numbers(request);
  options.inverted = wanted.inverted;
  return options;
}

Result<void> gather(const Records& view, const Wanted& wanted, const model::Request& request, Kept& rows) {
  const auto options = scan_options(view, wanted, request);
  tell_faults(TRY(inventory::scan(view.files, wanted.query, options, [&](const inventory::Selected& record) {
    if (wanted.has(record)) rows.add({record.line, record.number, '\0'});
    return true;
  })));
  return {};
}

// --compat: OR adds matches to those that are there already, so a record stands there once for each
// alternative that holds. Filtering and adding keep the order, so it can be done for those alone that remain.
Result<void> repeat(const Query& query, Kept& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  for (const auto& clause : query.clauses) {
    if (clause.size() < 2) continue;
    std::vector<std::size_t> next;
    for (const auto& term : clause)
      for (const auto index : order) {
        const auto row = rows.at(index);
        inventory::Cells cells(row.line);
        if (!inventory::holds(term, cells, row.number)) continue;
        if (next.size() == kMostRepeated)
          return fail(Exit::usage, "the query repeats records too often",
                      "there are more than " + std::to_string(kMostRepeated) + " of them",
                      "leave out --compat, or write fewer alternatives");
        next.push_back(index);
      }
    order = std::move(next);
  }
  rows.choose(order);
  return {};
}

// -M sort and usort: whole records; SORT of -o: by what is shown.
void sort_rows(const model::Request& request, Kept& rows) {
  const auto reduce = request.inventory.reduce;
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  if (reduce == Reduce::sort || reduce == Reduce::usort) {
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return rows.at(a).line < rows.at(b).line; });
    if (reduce == Reduce::usort)
      order.erase(std::unique(order.begin(), order.end(),
                              [&](auto a, auto b) { return rows.at(a).line == rows.at(b).line; }),
                  order.end());
    rows.choose(order);
  }
  const auto& output = request.output;
  if (!output.sort.on) return;
  std::string text;
  // Without columns all fields are; for the order of whole records the line will do.
  const bool whole = output.columns.empty() && (request.inventory.prints_address || output.sort.key.empty());
  const std::size_t columns = whole ? 1 : output.columns.empty() ? inventory::kFields : output.columns.size();
  const ui::Rows shown{rows.size(), columns,
                       [&](std::size_t row, std::size_t column) -> std::string_view {
                         const auto one = rows.at(row);
                         if (whole) return one.line;
                         if (output.columns.empty()) return inventory::field(one.line, column + 1);
                         inventory::Cells cells(one.line);
                         const auto cell = cell_of(request, column, cells, one, text);
                         return cell;
                       },
                       [&](std::size_t row, Field field) {
                         return inventory::field(rows.at(row).line, static_cast<std::size_t>(field));
                       }};
  rows.choose(ui::order_of(shown, output.sort));
}

// What -M leaves of rows that are all there.
void reduce_rows(Reduce reduce, Kept& rows) {
  if (rows.size() < 2) return;
  if (reduce == Reduce::first) rows.choose(std::vector<std::size_t>{0});
  if (reduce == Reduce::last) rows.choose(std::vector<std::size_t>{rows.size() - 1});
}

// Rows can go out while they are found.
bool can_stream(const model::Request& request) {
  const auto& inventory = request.inventory;
  const auto reduce = inventory.reduce;
  return !request.output.sort.on && !inventory.repeats && !inventory.runtime &&
         inventory.load == model::Load::none &&
         inventory.reachability.how == model::Reachability::How::none &&
         (reduce == Reduce::all || reduce == Reduce::first || reduce == Reduce::complement);
}

struct Answer {
  std::uint64_t count = 0;
  bool written = true;
  bool ambiguous = false;  // -M unique
  Exit live = Exit::ok;    // -x, -r, -c: what became of asking
};

Result<Answer> stream(const Records& view, const Wanted& wanted, const model::Request& request) {
  Printer printer(request, ui::terminal());
  const auto options = scan_options(view, wanted, request);
  const bool one = request.inventory.reduce == Reduce::first;
  bool written = true;
  const bool as_it_is = wanted.query.is_everything() && wanted.matches == nullptr && !options.numbers &&
                        !options.inverted && !one;
  if (as_it_is && printer.takes_text()) {
    tell_faults(
        TRY(inventory::copy_records(view.files, view.addresses, [&](std::string_view text, bool plain) {
          return written = plain ? printer.add_text(text) : printer.add({text, 0, '\0'});
        })));
    written = written && (printer.count() == 0 || printer.end());
    return Answer{printer.count(), written, false};
  }
  tell_faults(TRY(inventory::scan(view.files, wanted.query, options, [&](const inventory::Selected& record) {
    if (!wanted.has(record)) return true;
    written = printer.add({record.line, record.number, '\0'});
    return written && !one;
  })));
  written = written && (printer.count() == 0 || printer.end());
  return Answer{printer.count(), written, false};
}

Result<Answer> print_kept(const model::Request& request, const Kept& rows) {
  Printer printer(request, ui::terminal());
  bool written = true;
  for (std::size_t at = 0; at < rows.size() && written; ++at) written = printer.add(rows.at(at));
  written = written && (printer.count() == 0 || printer.end());
  return Answer{rows.size(), written, false};
}

// What remains of rows, in the order that is wanted.
Result<Answer> print_chosen(const model::Request& request, Kept& rows) {
  if (request.inventory.reduce == Reduce::unique && rows.size() > 1) return Answer{rows.size(), true, true};
  sort_rows(request, rows);
  reduce_rows(request.inventory.reduce, rows);
  return print_kept(request, rows);
}

// -r and -c: with what runs.
Result<Answer> answer_live(const Records& view, const Lookup& lookup, const model::Request& request,
                           Kept& rows) {
  const auto begin = std::chrono::steady_clock::now();
  Exit status = Exit::ok;
  if (request.inventory.runtime) status = complain(TRY(add_running(request, lookup, view, rows)));
  Answer result;
  if (request.inventory.load == model::Load::count) {
    const auto loads = TRY(choose_by_load(rest_of(request, begin), rows));
    status = worse(status, complain(loads.failures));
    result = {loads.text.size(), print(loads.text), false};
  } else {
    if (request.inventory.load != model::Load::none)
      status = worse(status, complain(TRY(choose_by_load(rest_of(request, begin), rows)).failures));
    result = TRY(print_chosen(request, rows));
  }
  result.live = status;
  return result;
}

Result<Answer> answer(const Records& view, Lookup lookup, const model::Request& request) {
  Kept rows;
  const auto matches = TRY(find_key(view, lookup, request));
  lookup.is_found = !matches.empty();
  if (!lookup.is_found && lookup.bad_query) return tl::unexpected<Error>(*lookup.bad_query);
  const auto wanted = wanted_of(lookup, matches, request);
  // The number of a record is known to who has counted those before it.
  const bool by_key = lookup.is_found && !wanted.others && !shows_numbers(request);
  if (by_key) {
    for (const auto& match : matches)
      if (inventory::holds(lookup.besides, match.line, 0)) rows.add({match.line, 0, '\0'});
  } else if (can_stream(request)) {
    return stream(view, wanted, request);
  } else {
    TRY_VOID(gather(view, wanted, request, rows));
    if (request.inventory.repeats) TRY_VOID(repeat(wanted.query, rows));
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto status = complain(TRY(keep_reachable(request, view, rows)));
  const bool is_live = request.inventory.runtime || request.inventory.load != model::Load::none;
  auto result =
      TRY(is_live ? answer_live(view, lookup, rest_of(request, begin), rows) : print_chosen(request, rows));
  result.live = worse(result.live, status);
  return result;
}

// -C MACMAP: from macmap.fdb, where that has an answer; MACMAPONLY: in any case.
Result<std::optional<Answer>> answer_by_macmap(const Lookup& lookup, const model::Request& request) {
  if (!asks_macmap(request)) return std::nullopt;
  const bool only = request.inventory.macmap == model::MacmapUse::only;
  Kept rows;
  TRY_VOID(gather_macmap(request, lookup, rows));
  if (rows.size() == 0 && !only) return std::nullopt;
  return TRY(print_chosen(request, rows));
}

// What the answer was looked for by: the key, where a record has it.
Result<Query> counted_query(const Records& view, const Lookup& lookup, const model::Request& request) {
  if (TRY(find_key(view, lookup, request)).empty()) return lookup.query;
  Term term;
  term.kind = Term::Kind::key;
  term.key = *lookup.key;
  term.negated = lookup.is_negated;
  term.text = request.inventory.words.back();
  Query query;
  inventory::add_clause(query, std::move(term));
  return query;
}

// -I 1: how long it took; -I 2: how many records each term leaves.
Result<void> tell_statistics(const Records& view, const Lookup& lookup, const model::Request& request,
                             std::chrono::steady_clock::duration took) {
  if (request.inventory.statistics == 0) return {};
  std::string text;
  if (request.inventory.statistics > 1) {
    Query part;
    inventory::ScanOptions options;
    options.addresses = &view.addresses;
    for (const auto& clause : both(TRY(counted_query(view, lookup, request)), lookup.besides).clauses) {
      part.clauses.emplace_back();
      for (const auto& term : clause) {
        part.clauses.back().push_back(term);
        std::uint64_t count = 0;
        (void)TRY(inventory::scan(view.files, part, options, [&](const inventory::Selected&) {
          ++count;
          return true;
        }));
        text += std::to_string(count) + " records after " + (term.negated ? "NOT " : "") +
                text::printable(term.text) + "\n";
      }
    }
  }
  text +=
      std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count()) + " microseconds\n";
  (void)write_all(STDERR_FILENO, text);
  return {};
}

Exit status_of(const Answer& result, const model::Request& request) {
  if (result.ambiguous) return Exit::not_unique;
  if (!result.written) return Exit::failed;
  if (result.live != Exit::ok) return result.live;
  // The original ended with 0 whatever it found, and scripts rely on it.
  return result.count > 0 || request.inventory.is_classic ? Exit::ok : Exit::nothing;
}

// --plan: what would be looked for, in words.
std::string plan_of(const Lookup& lookup, const model::Request& request) {
  std::string text = inventory::explain(both(lookup.query, lookup.besides));
  const bool inverted = request.inventory.reduce == Reduce::complement;
  if (inverted) {
    text = lookup.query.is_everything() ? "no record\n" : "all but " + inventory::explain(lookup.query);
    if (!lookup.besides.is_everything()) text += "of the " + inventory::explain(lookup.besides);
  }
  if (lookup.key)
    text = std::string(inverted != lookup.is_negated ? "all but " : "") + "the record with the key " +
           model::in_quotes(lookup.key->text) +
           (lookup.bad_query ? "\n" : ", and when there is none " + text);
  for (const auto& directory : inventory::view_directories(request.inventory.databases))
    text += "in " + text::printable(directory.string()) + "\n";
  return text;
}

// `renewed`: what became of the index that was asked for.
Result<Exit> look_up(const model::Request& request, Exit& renewed) {
  const auto begin = std::chrono::steady_clock::now();
  const auto lookup = TRY(lookup_of(request));
  if (request.plan) return print(plan_of(lookup, request)) ? Exit::ok : Exit::failed;
  if (const auto mapped = TRY(answer_by_macmap(lookup, request))) return status_of(*mapped, request);
  const auto directories = inventory::view_directories(request.inventory.databases);
  if (request.inventory.clears_leftovers)
    for (const auto& directory : directories) TRY_VOID(inventory::clear_leftovers(directory));
  const auto files = TRY(inventory::open_view(directories));
  if (request.inventory.rebuilds_index || request.inventory.clears_all) renewed = renew_index(files, request);
  if (request.inventory.clears_all) return Exit::ok;
  const inventory::Addresses addresses(directories);
  const Records view{files, addresses};
  TRY_VOID(check_types(request, view));
  if (request.inventory.batch) return answer_keys(request, view);
  const auto result = TRY(answer(view, lookup, request));
  tell_warnings(addresses.warnings());
  TRY_VOID(tell_statistics(view, lookup, request, std::chrono::steady_clock::now() - begin));
  return status_of(result, request);
}

}  // namespace

void tell_warnings(std::span<const std::string> warnings) {
  for (const auto& warning : warnings) log::write(log::Severity::warning, "inventory", warning);
}

void tell_faults(std::span<const std::string> warnings) {
  static bool told = false;
  if (!told) tell_warnings(warnings);
  told = told || !warnings.empty();
}

Exit vhost(const model::Request& request) {
  if (request.inventory.listing != model::Listing::none) return list_inventory(request);
  Exit renewed = Exit::ok;
  auto result = look_up(request, renewed);
  if (!result) return finish(result.error(), request);
  const bool is_json = request.output.format == model::Format::json;
  if (*result == Exit::not_unique && is_json) (void)print("[]\n");
  if (*result == Exit::nothing && !request.inventory.batch) {
    if (is_json) (void)print("[]\n");
    if (ui::terminal().err_is_terminal)
      (void)write_all(STDERR_FILENO, "ctys: no machine of the inventory matches\n");
  }
  return renewed == Exit::ok ? *result : worse(renewed, *result);
}

}  // namespace ctys::action
