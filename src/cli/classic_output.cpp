// The suboptions of LIST and ENUMERATE that choose fields, formats, order and scope.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "model/schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {
namespace {

using model::Format;
using model::Term;

// A format, with column specs where it takes them.
Result<void> set_format(Draft& draft, Format format, const Suboption& word, const Term& term) {
  auto& output = draft.request.output;
  output.format = format;
  if (!term.argument) return {};
  const auto name = long_form(word.words);
  std::vector<model::OutputColumn> columns;
  for (const auto& spec : model::column_specs(*term.argument))
    columns.push_back(TRY(read_column(layout_of(draft.request.action), name, spec)));
  if (columns.empty()) return bad_value(name, *term.argument, "there is no column");
  output.columns = std::move(columns);
  return {};
}

Result<void> set_widths(Draft& draft, const Term& term) {
  auto& output = draft.request.output;
  output.format = Format::tab_tcp;
  output.widths.clear();
  if (!term.argument) return {};
  constexpr std::size_t kColumns = 9;
  for (const auto& width : model::column_specs(*term.argument))
    output.widths.push_back(TRY(parse_number("TAB_TCP", width, kMaxWidth)));
  if (output.widths.size() > kColumns)
    return bad_value("TAB_TCP", *term.argument, "there are more widths than the table has columns (9)");
  return {};
}

// A column as `sort -k` takes it: 3, 3n, 2,3r.
bool is_sort_key(std::string_view text) noexcept {
  for (int i = 0; i < 2; ++i) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || text.front() == '0') return false;
    const auto column = text::number(text.substr(0, digits));
    if (!column || *column > model::columns(model::Layout::enumerate).size()) return false;
    text.remove_prefix(digits);
    text.remove_prefix(std::min(text.find_first_not_of("nr"), text.size()));
    if (text.empty()) return true;
    if (i == 1 || text.front() != ',') return false;
    text.remove_prefix(1);
  }
  return false;
}

// The long selection of LIST, every numbered field of ENUMERATE.
std::vector<Field> every_field(model::Action action) {
  constexpr std::array kLong{Field::host,          Field::type,        Field::label,   Field::id,
                             Field::pid,           Field::user,        Field::group,   Field::cs_type,
                             Field::job_id,        Field::if_name,     Field::context, Field::exe_path,
                             Field::hyper_rel_run, Field::accelerator, Field::arch};
  if (action == model::Action::list) return {kLong.begin(), kLong.end()};
  std::vector<Field> fields;
  for (const auto& column : model::columns(layout_of(action))) fields.push_back(column.field);
  return fields;
}

// CLIENT, SERVER, TUNNEL: each adds its part; the last BOTH takes all.
void select_part(model::ListOptions& list, Sub part) {
  const bool everything = list.clients && list.servers && list.tunnels;
  if (everything || part == Sub::both) list.clients = list.servers = list.tunnels = part == Sub::both;
  if (part == Sub::client) list.clients = true;
  if (part == Sub::server) list.servers = true;
  if (part == Sub::tunnel) list.tunnels = true;
}

// IP: addresses are shown as they are known; ENUMERATE shows them then.
void select_address(Draft& draft) {
  if (draft.request.action == model::Action::enumerate)
    draft.request.output.columns.push_back({Field::tcp, {}, 0, model::Cut::right});
}

Result<void> set_packages(Draft& draft, const Term& term) {
  draft.request.types.clear();
  for (const auto& type : model::values(*term.argument)) TRY_VOID(add_types(draft, "PKG", type));
  return {};
}

Result<void> set_user(Draft& draft, const Term& term) {
  const auto given = model::values(*term.argument);
  if (given.size() != 1 || text::printable(given[0]) != given[0])
    return bad_value("USER", *term.argument, "this is no user name");
  draft.request.scope = {false, given, {}};
  return {};
}

}  // namespace

// <field#>[_<title>[_<width>[_<policy>]]]; the title is the number where none is given.
Result<model::OutputColumn> read_column(model::Layout layout, std::string_view format,
                                        std::string_view spec) {
  const auto parts = text::split(spec, '_');
  const auto part = [&](std::size_t at) { return at < parts.size() ? parts[at] : std::string_view{}; };
  if (parts.size() > 4)
    return bad_value(format, spec, "a column has at most four parts", "write field_title_width_policy");
  const auto* column = TRY(column_of(layout, format, part(0)));
  model::OutputColumn out{column->field, std::string(part(1).empty() ? part(0) : part(1)), 0,
                          model::Cut::right};
  if (text::printable(out.title) != out.title)
    return bad_value(format, spec, "the title holds control characters");
  if (!part(2).empty()) out.width = TRY(parse_number(format, part(2), kMaxWidth));
  if (part(3).empty()) return out;
  if (!is_one_of(part(3), "L|B")) return bad_word(format, part(3), "L|B");
  out.cut = text::equal_ci(part(3), "L") ? model::Cut::left : model::Cut::wrap;
  return out;
}

// [ALL|EACH][%UNIQUE][%REVERSE][%key]: with one host, each of them is all of them.
Result<void> read_sort(Draft& draft, const Term& term) {
  auto& sort = draft.request.output.sort;
  sort = {};
  sort.on = true;
  if (!term.argument) return {};
  constexpr std::string_view kWords = "ALL|A|EACH|UNIQUE|U|REVERSE|R";
  for (const auto& word : model::values(*term.argument)) {
    if (word.empty()) continue;
    if (is_one_of(word, kWords)) {
      sort.unique = sort.unique || is_one_of(word, "UNIQUE|U");
      sort.reverse = sort.reverse || is_one_of(word, "REVERSE|R");
      continue;
    }
    if (is_sort_key(word))
      sort.key = word;
    else if (text::number(word.substr(0, 1)))
      return bad_value("SORT", word, "this is no column", "columns are counted from 1: SORT:3");
    else
      return bad_word("SORT", word, kWords);
  }
  return {};
}

Result<void> read_output_word(Draft& draft, const Suboption& word, const Term& term) {
  auto& output = draft.request.output;
  switch (word.id) {
    case Sub::title:
    case Sub::title_index:
    case Sub::title_letters:
      output.titles = word.id == Sub::title         ? model::Titles::names
                      : word.id == Sub::title_index ? model::Titles::numbers
                                                    : model::Titles::letters;
      return {};
    case Sub::machine:
      output.format = Format::machine;
      return {};
    case Sub::max_key:
      output.max_key = true;
      output.format = Format::terse;
      return {};
    case Sub::terse:
      output.format = Format::terse;
      return {};
    case Sub::ip:
      select_address(draft);
      return {};
    case Sub::client:
    case Sub::server:
    case Sub::tunnel:
    case Sub::both:
      select_part(draft.request.list, word.id);
      return {};
    case Sub::sort:
      return read_sort(draft, term);
    case Sub::package:
      return set_packages(draft, term);
    case Sub::user:
      return set_user(draft, term);
    case Sub::match_state:
      draft.request.enumerate.states.clear();
      return add_states(draft, "MATCHVSTAT", model::values(*term.argument));
    case Sub::tab_tcp:
      return set_widths(draft, term);
    case Sub::tab_gen:
      return set_format(draft, Format::tab_gen, word, term);
    case Sub::rec:
      return set_format(draft, Format::rec, word, term);
    case Sub::spec:
      return set_format(draft, Format::spec, word, term);
    case Sub::xml:
      return set_format(draft, Format::xml, word, term);
    case Sub::json:
      return set_format(draft, Format::json, word, term);
    default:
      return {};
  }
}

Result<void> finish_selection(Draft& draft, bool all, bool none) {
  auto& output = draft.request.output;
  if (all && none) return fail(Exit::usage, "ALL and NONE exclude each other", {}, "choose one of them");
  if (none && output.columns.empty() && output.format != Format::machine && !output.max_key)
    return fail(Exit::usage, "NONE leaves no field to show", {}, "name the fields: LIST=NONE,LABEL,STATE");
  if (!all) return {};
  const auto named = std::exchange(output.columns, {});
  const auto fields = every_field(draft.request.action);
  for (const auto field : fields) output.columns.push_back({field, {}, 0, model::Cut::right});
  for (const auto& column : named)
    if (std::find(fields.begin(), fields.end(), column.field) == fields.end())
      output.columns.push_back(column);
  return {};
}

}  // namespace ctys::cli
