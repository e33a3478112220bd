// Cutting, padding and wrapping of cells.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace ctys::ui {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kPlain = "\x1b[0m";

std::size_t width_of(std::string_view s) {
  return text::is_plain(s) ? s.size() : text::columns(s);
}

bool is_longer(const Cell& cell, const GridColumn& column) {
  return column.cut == model::Cut::wrap && cell.width > column.width;
}

// Moves what one line shows of a cell out of it: the whole cell unless it wraps.
Cell take_piece(Cell& rest, const GridColumn& column) {
  if (!is_longer(rest, column)) return std::exchange(rest, {});
  const auto piece = text::cut_right(rest.text, column.width);
  Cell taken{std::string(piece), width_of(piece), rest.color};
  std::size_t length = piece.size();
  if (piece.empty()) {  // a wide character in a column of one
    taken = {"?", 1, rest.color};
    length = std::max<std::size_t>(text::first_character(rest.text).length, 1);
  }
  rest.text.erase(0, length);
  rest.width = width_of(rest.text);
  return taken;
}

// What is shown of a cell that is too long.
std::string fitted(const Cell& cell, std::size_t width, model::Cut cut, bool marks_cuts) {
  const bool mark = marks_cuts && width > 1;
  const std::size_t room = mark ? width - 1 : width;
  if (cut == model::Cut::left)
    return std::string(mark ? kEllipsis : "").append(text::cut_left(cell.text, room));
  return std::string(text::cut_right(cell.text, room)).append(mark ? kEllipsis : "");
}

void drop_trailing_blanks(std::string& out, std::size_t from) {
  const auto last = out.find_last_not_of(' ');
  out.resize(std::max(from, last == std::string::npos ? 0 : last + 1));
}

}  // namespace

Cell make_cell(std::string_view raw) {
  if (text::is_plain(raw)) return {std::string(raw), raw.size(), {}};
  Cell cell{text::printable(raw), 0, {}};
  cell.width = width_of(cell.text);
  return cell;
}

Grid::Grid(std::vector<GridColumn> columns, const GridStyle& style)
    : columns_(std::move(columns)), style_(style) {
  for (auto& column : columns_) column.width = std::clamp<std::size_t>(column.width, 1, kWidest);
}

void Grid::append_header(std::string& out, std::span<const std::string> numbers) const {
  std::vector<Cell> titles;
  titles.reserve(columns_.size());
  for (const auto& column : columns_) titles.push_back(make_cell(column.title));
  if (style_.bold_titles) out += "\x1b[1m";
  append_line(out, titles, {}, true);
  if (style_.bold_titles) out.insert(out.size() - 1, kPlain);
  if (!numbers.empty()) {
    for (std::size_t at = 0; at < titles.size(); ++at) titles[at] = make_cell(numbers[at]);
    append_line(out, titles, {}, true);
  }
  if (!style_.is_ruled) return;
  for (std::size_t at = 0; at < columns_.size(); ++at) {
    if (at > 0) out += '+';
    const std::size_t width = columns_[at].width;
    out.append(style_.ruler_most > 0 ? std::min(width, style_.ruler_most) : width, '-');
  }
  out += '\n';
}

void Grid::append_row(std::string& out, std::span<const Cell> cells) const {
  bool wraps = false;
  for (std::size_t at = 0; at < columns_.size(); ++at) wraps = wraps || is_longer(cells[at], columns_[at]);
  if (!wraps) {
    append_line(out, cells, style_.blank, false);
    return;
  }
  std::vector<Cell> rest(cells.begin(), cells.end());
  std::vector<Cell> line(cells.size());
  for (std::size_t count = 0; count < kMostLines; ++count) {
    bool more = false;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      line[at] = take_piece(rest[at], columns_[at]);
      more = more || !rest[at].text.empty();
    }
    append_line(out, line, count == 0 ? style_.blank : std::string_view(), false);
    if (!more) return;
  }
}

void Grid::append_line(std::string& out, std::span<const Cell> cells, std::string_view blank,
                       bool is_title) const {
  const std::size_t begin = out.size();
  for (std::size_t at = 0; at < columns_.size(); ++at) {
    if (at > 0) out += style_.between;
    const auto& column = columns_[at];
    const Cell& cell = cells[at];
    std::string cut_text;
    std::string_view shown = cell.text.empty() ? blank : std::string_view(cell.text);
    std::size_t width = cell.text.empty() ? blank.size() : cell.width;
    if (width > column.width) {
      cut_text = fitted(cell, column.width, is_title ? model::Cut::right : column.cut, style_.marks_cuts);
      shown = cut_text;
      width = width_of(shown);
    }
    if (cell.color.empty())
      out += shown;
    else
      out.append(cell.color).append(shown).append(kPlain);
    if (at + 1 < columns_.size()) out.append(column.width - width, ' ');
  }
  if (style_.between.find_first_not_of(' ') == std::string_view::npos) drop_trailing_blanks(out, begin);
  out += '\n';
}

}  // namespace ctys::ui
