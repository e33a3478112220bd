// Tables: the classic ones with given widths, and the one for people that fits the terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "ui/format.hpp"
#include "ui/grid.hpp"
#include "ui/render.hpp"

#include <algorithm>
#include <array>

namespace ctys::ui {
namespace {

constexpr std::size_t kGap = 2;  // blanks between two columns of the table for people

std::string_view color_of_state(std::string_view word) {
  struct Shade {
    std::string_view word;
    std::string_view color;
  };
  constexpr std::string_view kGreen = "\x1b[32m";
  constexpr std::string_view kYellow = "\x1b[33m";
  constexpr std::string_view kRed = "\x1b[31m";
  constexpr std::string_view kDim = "\x1b[2m";
  constexpr std::array kShades{
      Shade{"running", kGreen},    Shade{"usable", kGreen},    Shade{"done", kGreen},
      Shade{"already", kGreen},    Shade{"paused", kYellow},   Shade{"saved", kYellow},
      Shade{"suspended", kYellow}, Shade{"starting", kYellow}, Shade{"saving", kYellow},
      Shade{"stopping", kYellow},  Shade{"skipped", kYellow},  Shade{"crashed", kRed},
      Shade{"dumping", kRed},      Shade{"failed", kRed},      Shade{"unusable", kRed},
      Shade{"timed-out", kRed},    Shade{"stopped", kDim},     Shade{"defined", kDim},
      Shade{"unknown", kDim},      Shade{"PASS", kGreen},      Shade{"WARN", kYellow},
      Shade{"FAIL", kRed}};
  const auto* const found =
      std::find_if(kShades.begin(), kShades.end(), [&](const Shade& s) { return s.word == word; });
  return found == kShades.end() ? std::string_view() : found->color;
}

std::string_view word_for(Exit code) {
  switch (code) {
    case Exit::unreachable:
      return "unreachable";
    case Exit::deadline:
      return "timed-out";
    case Exit::refused:
      return "refused";
    case Exit::defect:
      return "defect";
    default:
      return "failed";
  }
}

// The second line of titles: "n(field#)".
std::vector<std::string> numbers_of(const Page& page) {
  std::vector<std::string> numbers;
  if (page.output.titles != model::Titles::numbers && page.output.titles != model::Titles::letters)
    return numbers;
  for (const auto& column : page.columns) {
    numbers.push_back(std::to_string(numbers.size() + 1));
    if (column.number == 0) continue;
    const std::string field = std::to_string(column.number);
    const bool letters = page.output.titles == model::Titles::letters;
    numbers.back() += '(' + (letters ? letters_of(column.number) + '-' + field : field) + ')';
  }
  return numbers;
}

void append_classic(std::string& out, const Page& page, const GridStyle& style) {
  constexpr std::size_t kDefaultWidth = 10;
  std::vector<GridColumn> columns;
  for (const auto& column : page.columns)
    columns.push_back({column.title, column.width > 0 ? column.width : kDefaultWidth, column.cut});
  if (page.output.grows && page.output.format == model::Format::automatic)
    for (const auto* record : page.records)
      for (std::size_t at = 0; at < columns.size(); ++at)
        columns[at].width = std::max(columns[at].width, make_cell(cell(*record, page.columns[at])).width);
  const Grid grid(std::move(columns), style);
  if (page.output.header && page.part.first) grid.append_header(out, numbers_of(page));
  std::vector<Cell> cells(page.columns.size());
  for (const auto* record : page.records) {
    for (std::size_t at = 0; at < cells.size(); ++at) cells[at] = make_cell(cell(*record, page.columns[at]));
    grid.append_row(out, cells);
  }
}

bool is_state(Field field) {
  return field == Field::state || field == Field::result;
}

std::vector<std::vector<Cell>> rows_of(const Page& page, bool color) {
  std::vector<std::vector<Cell>> rows;
  rows.reserve(page.records.size() + page.failures.size());
  for (const auto* record : page.records) {
    auto& row = rows.emplace_back();
    row.reserve(page.columns.size());
    for (const auto& column : page.columns) {
      row.push_back(make_cell(cell(*record, column)));
      if (color && is_state(column.field)) row.back().color = color_of_state(row.back().text);
    }
  }
  for (const auto& failure : page.failures) {
    if (failure.unfinished && !failure.label.empty()) continue;  // its machine has a row of its own
    auto& row = rows.emplace_back();
    for (const auto& column : page.columns) {
      const bool state = is_state(column.field);
      row.push_back(make_cell(state                           ? word_for(failure.error.code)
                              : column.field == Field::host   ? std::string_view(failure.host)
                              : column.field == Field::label  ? std::string_view(failure.label)
                              : column.field == Field::job_id ? std::string_view(failure.job)
                              : column.field == Field::type   ? std::string_view(failure.type)
                                                              : std::string_view()));
      if (color && state) row.back().color = "\x1b[31m";
    }
  }
  return rows;
}

// What a reader cannot guess when a part of it is missing.
bool is_needed_whole(Field field) {
  return field == Field::label || field == Field::tcp || field == Field::mac || is_state(field);
}

// Takes width from the widest columns until the line fits; names, states and addresses are the last to give
// way. A terminal that is too narrow even so loses columns at the right.
void fit(std::vector<GridColumn>& columns, std::span<const Column> meaning, std::size_t limit) {
  struct Stage {
    std::size_t least;
    bool (*is_spared)(Field);
  };
  constexpr auto kNone = [](Field) { return false; };
  constexpr std::array kStages{Stage{12, is_needed_whole}, Stage{17, is_state}, Stage{4, is_needed_whole},
                               Stage{8, is_state},         Stage{4, is_state},  Stage{1, kNone}};
  // A name of which one letter is left is none.
  const auto least_of = [&](std::size_t at) {
    constexpr std::size_t kOfLabel = 8;
    return meaning[at].field == Field::label ? std::min(kOfLabel, columns[at].width) : std::size_t{1};
  };
  const auto least_line = [&] {
    std::size_t sum = kGap * (columns.size() - 1);
    for (std::size_t at = 0; at < columns.size(); ++at) sum += least_of(at);
    return sum;
  };
  while (columns.size() > 1 && least_line() > limit) columns.pop_back();
  std::size_t total = kGap * (columns.size() - 1);
  for (auto& column : columns) {
    column.width = std::min(column.width, std::max<std::size_t>(limit, 1));
    total += column.width;
  }
  for (const auto& stage : kStages)
    while (total > limit) {
      GridColumn* widest = nullptr;
      for (std::size_t at = 0; at < columns.size(); ++at) {
        if (stage.is_spared(meaning[at].field) || columns[at].width <= std::max(stage.least, least_of(at)))
          continue;
        if (widest == nullptr || columns[at].width > widest->width) widest = &columns[at];
      }
      if (widest == nullptr) break;
      --widest->width;
      --total;
    }
}

std::vector<GridColumn> human_columns(const Page& page, std::span<const std::vector<Cell>> rows,
                                      std::span<const std::string> numbers) {
  std::vector<GridColumn> columns;
  for (std::size_t at = 0; at < page.columns.size(); ++at) {
    const auto& column = page.columns[at];
    std::size_t width = 1;
    if (page.output.header) width = std::max(width, make_cell(column.title).width);
    if (page.output.header && at < numbers.size()) width = std::max(width, numbers[at].size());
    for (const auto& row : rows) width = std::max(width, row[at].width);
    columns.push_back({column.title, column.width > 0 ? column.width : width, column.cut});
  }
  return columns;
}

// Text broken at blanks so that no line is wider than `limit` (0: no limit), later lines indented.
void append_broken(std::string& out, std::string_view text, std::size_t limit) {
  constexpr std::size_t kMostLines = 12;
  constexpr std::string_view kIndent = "  ";
  std::string_view indent;
  for (std::size_t count = 0; !text.empty() && count < kMostLines; ++count) {
    const std::size_t room = limit > indent.size() ? limit - indent.size() : limit;
    auto line = limit == 0 ? text : text::cut_right(text, room);
    if (line.size() < text.size()) {
      const auto blank = text[line.size()] == ' ' ? line.size() : line.rfind(' ');
      if (blank != std::string_view::npos && blank > 0) line = line.substr(0, blank);
    }
    if (line.empty()) return;  // not even one wide character fits
    if (limit > indent.size()) out += indent;
    out.append(line).append("\n");
    text = text::trim(text.substr(line.size()));
    indent = kIndent;
  }
}

void append_causes(std::string& out, const Page& page, bool color) {
  constexpr std::size_t kLongest = 2'000;
  constexpr std::string_view kError = "error:";
  for (const auto& error : fold(page.failures)) {
    std::string cause(kError);
    cause += ' ' + error.summary.substr(0, kLongest);
    if (!error.why.empty()) cause += ": " + error.why.substr(0, kLongest);
    if (!error.where.empty()) cause += " (" + error.where.substr(0, kLongest) + ')';
    std::replace(cause.begin(), cause.end(), '\n', ' ');
    const std::size_t begin = out.size();
    append_broken(out, text::printable(cause), page.terminal.width);
    if (color && out.compare(begin, kError.size(), kError) == 0)
      out.insert(begin + kError.size(), "\x1b[0m").insert(begin, "\x1b[31m");
    if (!error.fix.empty())
      append_broken(out, "  fix: " + text::printable(error.fix.substr(0, kLongest)), page.terminal.width);
  }
}

}  // namespace

void append_tab_tcp(std::string& out, const Page& page) {
  GridStyle style;
  style.between = "|";
  style.is_ruled = true;
  style.blank = "-";
  append_classic(out, page, style);
}

void append_tab_gen(std::string& out, const Page& page) {
  GridStyle style;
  style.between = "|";
  style.is_ruled = true;
  style.ruler_most = 99;
  append_classic(out, page, style);
}

void append_table(std::string& out, const Page& page) {
  const bool color = page.terminal.color && page.terminal.out_is_terminal;
  const auto rows = rows_of(page, color);
  const auto numbers = numbers_of(page);
  auto columns = human_columns(page, rows, numbers);
  if (page.terminal.width > 0 && !columns.empty()) fit(columns, page.columns, page.terminal.width);
  GridStyle style;
  style.between = "  ";
  style.blank = "-";
  style.marks_cuts = true;
  style.bold_titles = color;
  const Grid grid(std::move(columns), style);
  if (page.output.header && page.part.first) grid.append_header(out, numbers);
  for (const auto& row : rows) grid.append_row(out, row);
  append_causes(out, page, color);
}

}  // namespace ctys::ui
