// What the inventory's command lines say about the output: -o and --columns.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "cli/vhost.hpp"

#include <array>

namespace ctys::cli {
namespace {

using model::Format;
using model::View;

void add_column(Draft& draft, model::OutputColumn column, View view) {
  draft.request.output.columns.push_back(std::move(column));
  draft.request.inventory.views.resize(draft.request.output.columns.size(), View::none);
  draft.request.inventory.views.back() = view;
}

// A field by its name or number; IP and DNS are views of the address.
Result<void> add_named(Draft& draft, std::string_view option, std::string_view word, unsigned width) {
  if (is_one_of(word, "IP|DNS|D")) {
    const bool ip = is_one_of(word, "IP");
    add_column(draft, {Field::tcp, ip ? "IP" : "DNS", width, model::Cut::right}, ip ? View::ip : View::dns);
    return {};
  }
  const auto* column = TRY(column_of(model::Layout::enumerate, option, word));
  if (model::position(model::Layout::enumerate, column->field) == 0)
    return bad_value(option, word, "the inventory does not hold it", "'ctys help vhost' names the fields");
  add_column(draft, {column->field, std::string(column->title), width, model::Cut::right}, View::none);
  return {};
}

struct FormatWord {
  std::string_view words;
  Format format;
};
constexpr std::array kFormatWords{
    FormatWord{"TAB_GEN|TAB", Format::tab_gen}, FormatWord{"REC_GEN|REC", Format::rec},
    FormatWord{"SPEC_GEN|SPEC", Format::spec},  FormatWord{"XML_GEN|XML", Format::xml},
    FormatWord{"JSON", Format::json},           FormatWord{"TERSE", Format::terse},
    FormatWord{"MACHINE", Format::machine},
};

Result<void> set_format(Draft& draft, const FormatWord& word, const model::Term& term) {
  auto& output = draft.request.output;
  output.format = word.format;
  const bool has_columns = word.format != Format::terse && word.format != Format::machine;
  if (!term.argument) return {};
  if (!has_columns)
    return bad_value("-o", term.text, std::string(long_form(word.words)) + " takes no columns", {});
  output.columns.clear();
  draft.request.inventory.views.clear();
  for (const auto& spec : model::column_specs(*term.argument))
    add_column(draft, TRY(read_column(model::Layout::enumerate, long_form(word.words), spec)), View::none);
  if (output.columns.empty()) return bad_value("-o", term.text, "there is no column");
  return {};
}

// A word that is no field; false when it is one.
Result<bool> take_word(Draft& draft, const model::Term& term) {
  auto& output = draft.request.output;
  const std::string_view key = term.key;
  for (const auto& word : kFormatWords)
    if (is_one_of(key, word.words)) {
      TRY_VOID(set_format(draft, word, term));
      return true;
    }
  if (is_one_of(key, "SORT")) {
    TRY_VOID(read_sort(draft, term));
  } else if (is_one_of(key, "TITLE|TITLEIDX|TITLEIDXASC")) {
    output.titles = is_one_of(key, "TITLE")      ? model::Titles::names
                    : is_one_of(key, "TITLEIDX") ? model::Titles::numbers
                                                 : model::Titles::letters;
  } else if (is_one_of(key, "MAXKEY")) {
    constexpr std::size_t kMaxKey = 6;
    for (const auto& column : model::columns(model::Layout::enumerate).subspan(0, kMaxKey))
      add_column(draft, {column.field, std::string(column.title), 0, model::Cut::right}, View::none);
  } else if (is_one_of(key, "CTYSADDRESS|CTYS")) {
    draft.request.inventory.prints_address = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<void> read_output_list(Draft& draft, std::string_view list) {
  if (text::trim(list).empty()) return bad_value("-o", list, "there is no column");
  for (const auto& term : TRY(model::lex_suboptions(list))) {
    if (TRY(take_word(draft, term))) continue;
    if (term.argument)
      return bad_value("-o", term.text, "a field has no argument", "separate words by commas");
    TRY_VOID(add_named(draft, "-o", term.key, 0));
  }
  return {};
}

Result<void> read_column_list(Draft& draft, std::string_view list) {
  for (const auto word : text::split(list, ',')) {
    const auto colon = word.find(':');
    const unsigned width = colon == std::string_view::npos
                               ? 0
                               : TRY(parse_number("--columns", word.substr(colon + 1), kMaxWidth));
    TRY_VOID(add_named(draft, "--columns", word.substr(0, colon), width));
  }
  return {};
}

Result<void> check_sort(const model::Output& output) {
  const auto key = std::string_view(output.sort.key);
  const auto column = text::number(key.substr(0, key.find_first_not_of("0123456789")));
  if (!column || output.columns.empty() || *column <= output.columns.size()) return {};
  return bad_value(
      "SORT", key, "there is no such column",
      "the columns of this output have the numbers 1 to " + std::to_string(output.columns.size()));
}

}  // namespace ctys::cli
