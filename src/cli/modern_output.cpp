// --format, --columns, --filter and --sort of the modern grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "cli/modern_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {
namespace {

using model::Format;

// `known`: the formats of the action.
Result<void> set_format(Draft& draft, const std::string& option, const std::string& value,
                        std::string_view known) {
  if (!is_one_of(value, known)) return bad_word(option, value, known);
  constexpr std::string_view kWords = "table|tab_tcp|tab_gen|rec|spec|xml|terse|machine|json";
  constexpr std::array kFormats{Format::table, Format::tab_tcp, Format::tab_gen, Format::rec, Format::spec,
                                Format::xml,   Format::terse,   Format::machine, Format::json};
  const auto words = text::split(kWords, '|');
  const auto at =
      std::find_if(words.begin(), words.end(), [&](auto word) { return text::equal_ci(word, value); });
  draft.request.output.format = kFormats[static_cast<std::size_t>(at - words.begin())];
  return {};
}

// NAME[:WIDTH],...
Result<void> set_columns(Draft& draft, const std::string& option, const std::vector<std::string>& lists) {
  auto& columns = draft.request.output.columns;
  columns.clear();
  for (const auto& list : lists) {
    for (const auto word : text::split(list, ',')) {
      const auto colon = word.find(':');
      const auto* column = TRY(column_of(layout_of(draft.request.action), option, word.substr(0, colon)));
      auto& added = columns.emplace_back(
          model::OutputColumn{column->field, std::string(column->title), 0, model::Cut::right});
      if (colon != std::string_view::npos)
        added.width = TRY(parse_number(option, word.substr(colon + 1), kMaxWidth));
    }
  }
  return {};
}

Result<const model::ColumnName*> filter_column(model::Layout layout, const std::string& option,
                                               std::string_view term, std::size_t colon) {
  auto column = column_of(layout, option, term.substr(0, colon));
  const auto hint = column ? std::string() : spelling::column_hint(term);
  if (!hint.empty() && model::find_column(layout, "mac") != nullptr) column.error().fix = hint;
  return column;
}

// type:qemu state:running, or words that stand in any column.
Result<void> add_filters(Draft& draft, const std::string& option, const std::vector<std::string>& lists) {
  for (const auto& list : lists) {
    for (const auto term : text::split(list, ' ')) {
      if (term.empty()) continue;
      const auto colon = term.find(':');
      model::Filter filter{std::nullopt, std::string(term)};
      // An address has colons as well.
      if (colon != std::string_view::npos && !spelling::part_of(term)) {
        filter.field = TRY(filter_column(layout_of(draft.request.action), option, term, colon))->field;
        filter.pattern = std::string(term.substr(colon + 1));
      }
      draft.request.output.filters.push_back(std::move(filter));
    }
  }
  return {};
}

}  // namespace

Result<void> apply_output(Draft& draft, const GivenOption& given) {
  auto& output = draft.request.output;
  const auto option = "--" + std::string(given.option->name);
  switch (given.option->id) {
    case Opt::json:
      output.format = Format::json;
      return {};
    case Opt::format:
      return set_format(draft, option, given.values.back(), given.option->choices);
    case Opt::quick_tab:
      output.format = Format::table;
      return {};
    case Opt::quick_list:
      output.format = Format::terse;
      return {};
    case Opt::columns:
      return set_columns(draft, option, given.values);
    case Opt::no_header:
      output.header = false;
      return {};
    case Opt::filter:
      return add_filters(draft, option, given.values);
    case Opt::sort:
      output.sort.on = true;
      output.sort.field = TRY(column_of(layout_of(draft.request.action), option, given.values.back()))->field;
      return {};
    case Opt::reverse:
      output.sort.on = true;
      output.sort.reverse = true;
      return {};
    case Opt::unique:
      output.sort.on = true;
      output.sort.unique = true;
      return {};
    default:
      return {};
  }
}

}  // namespace ctys::cli
