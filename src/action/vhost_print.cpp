// Writes answers from the inventory: forms of one line for each record directly, the others in parts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/finish.hpp"
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "ui/format.hpp"
#include "ui/grid.hpp"
#include "ui/render.hpp"
#include "ui/select.hpp"

#include <algorithm>

namespace ctys::action {
namespace {

using model::Format;

constexpr std::size_t kBuffer = std::size_t{256} << 10;  // of stdout
constexpr std::size_t kPart = 256;                       // records rendered at a time

// The slots of a record for views of the address: fields that the inventory does not have.
constexpr Field slot_of(model::View view) noexcept {
  return view == model::View::ip ? Field::topic : view == model::View::dns ? Field::key : Field{};
}

std::size_t width_of(const model::OutputColumn& column) noexcept {
  constexpr std::size_t kDefault = 10;
  return column.width > 0 ? column.width : kDefault;
}

ui::GridStyle grid_style(bool marks_cuts) {
  ui::GridStyle style;
  style.marks_cuts = marks_cuts;
  style.between = "|";
  style.is_ruled = true;
  style.ruler_most = 99;
  return style;
}

}  // namespace

Printer::Printer(const model::Request& request, const ui::Terminal& terminal)
    : request_(request), output_(request.output), terminal_(terminal) {
  auto& format = output_.format;
  is_whole_ = format == Format::automatic && !terminal.out_is_terminal;
  if (format == Format::automatic) format = terminal.out_is_terminal ? Format::table : Format::tab_gen;
  const auto& views = request.inventory.views;
  for (std::size_t at = 0; at < std::min(views.size(), output_.columns.size()); ++at)
    if (views[at] != model::View::none) output_.columns[at].field = slot_of(views[at]);
  if (request.inventory.prints_address)
    way_ = Way::address;
  else if (format == Format::machine)
    way_ = Way::machine;
  else if (format == Format::terse && !request.output.columns.empty())
    way_ = Way::terse;
  else if (format == Format::tab_gen && !request.output.columns.empty())
    way_ = Way::grid;
  else if (format == Format::table)
    way_ = Way::table;
}

bool Printer::flush(std::size_t limit) {
  if (out_.size() <= limit) return true;
  const bool written = print(out_);
  out_.clear();
  return written;
}

bool Printer::takes_text() const noexcept {
  return way_ == Way::machine && (output_.titles == model::Titles::none || !output_.header);
}

bool Printer::add_text(std::string_view lines) {
  ++count_;  // what matters is that there are some
  return flush(0) && print(lines);
}

bool Printer::add(const Row& row) {
  ++count_;
  switch (way_) {
    case Way::machine:
      append_machine(row);
      break;
    case Way::terse:
      append_terse(row);
      break;
    case Way::grid:
      if (is_whole_) {
        kept_.add(row);
        return true;
      }
      append_grid(row);
      break;
    case Way::address: {
      inventory::Cells cells(row.line);
      const auto address = address_of(request_, cells);
      if (address.empty()) break;
      if (row.mark != '\0') out_.append(1, row.mark) += ';';
      text::append_printable(out_, address);
      out_ += '\n';
      break;
    }
    case Way::records:
      return add_record(row);
    case Way::table:
      kept_.add(row);
      return true;
  }
  return flush(kBuffer);
}

// The line as it stands, with all fields it should have.
void Printer::append_machine(const Row& row) {
  if (count_ == 1 && output_.titles != model::Titles::none && output_.header)
    out_ += ui::render_part(model::Layout::enumerate, {}, output_, terminal_, {});
  if (row.mark != '\0') out_.append(1, row.mark) += ';';
  text::append_printable(out_, row.line);
  const auto separators =
      static_cast<std::size_t>(std::count(row.line.begin(), row.line.end(), inventory::kSeparator));
  if (separators + 1 < inventory::kFields)
    out_.append(inventory::kFields - 1 - separators, inventory::kSeparator);
  out_ += '\n';
}

void Printer::append_terse(const Row& row) {
  if (count_ == 1 && output_.titles != model::Titles::none && output_.header)
    out_ += ui::render_part(model::Layout::enumerate, {}, output_, terminal_, {});
  if (row.mark != '\0') out_.append(1, row.mark) += ';';
  inventory::Cells cells(row.line);
  std::string text;
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    if (at > 0) out_ += ';';
    text::append_printable(out_, cell_of(request_, at, cells, row, text));
  }
  out_ += '\n';
}

void Printer::begin_grid() {
  // The titles and the ruler; the rows follow one by one.
  out_ += ui::render_part(model::Layout::enumerate, {}, output_, terminal_, {});
  for (const auto& column : std::span(output_.columns).first(output_.columns.size() - 1))
    grid_width_ += width_of(column) + 1;
  began_ = true;
}

// Most rows are plain and fit: their cells are put into a row of blanks.
void Printer::append_grid(const Row& row) {
  if (!began_) begin_grid();
  inventory::Cells cells(row.line);
  std::string text;
  const std::size_t begin = out_.size();
  if (row.mark != '\0') out_.append(1, row.mark) += ';';
  std::size_t place = out_.size();
  out_.append(grid_width_, ' ');
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    const auto& column = output_.columns[at];
    const std::size_t width = width_of(column);
    auto value = cell_of(request_, at, cells, row, text);
    if (!text::is_plain(value) || (value.size() > width && (is_whole_ || column.cut == model::Cut::wrap))) {
      out_.resize(begin);
      return append_any_grid(row);
    }
    if (value.size() > width)
      value = column.cut == model::Cut::left ? value.substr(value.size() - width) : value.substr(0, width);
    if (at + 1 == output_.columns.size()) {  // behind the last column there are no blanks
      out_ += value;
      break;
    }
    std::copy(value.begin(), value.end(), out_.begin() + static_cast<std::ptrdiff_t>(place));
    place += width;
    out_[place++] = '|';
  }
  out_ += '\n';
}

// A row with wide characters, or one that goes on in further lines.
void Printer::append_any_grid(const Row& row) {
  inventory::Cells cells(row.line);
  std::string text;
  std::vector<ui::GridColumn> columns;
  std::vector<ui::Cell> shown;
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    const auto& column = output_.columns[at];
    columns.push_back({{}, width_of(column), column.cut});
    shown.push_back(ui::make_cell(cell_of(request_, at, cells, row, text)));
  }
  if (row.mark != '\0') out_.append(1, row.mark) += ';';
  ui::Grid(std::move(columns), grid_style(is_whole_)).append_row(out_, shown);
}

bool Printer::add_record(const Row& row) {
  auto& record = records_.emplace_back();
  inventory::Cells cells(row.line);
  std::string text;
  if (output_.columns.empty())
    for (std::size_t number = 1; number <= inventory::kFields; ++number)
      record.set(static_cast<Field>(number), std::string(cells.get(number)));
  for (std::size_t at = 0; at < output_.columns.size(); ++at)
    record.set(output_.columns[at].field, std::string(cell_of(request_, at, cells, row, text)));
  if (row.mark != '\0')
    record.set(Field::state, row.mark == 'R' ? "reachable" : row.mark == '?' ? "unknown" : "silent");
  return records_.size() < kPart || send_records(false);
}

bool Printer::send_records(bool last) {
  auto output = output_;
  const bool marked = request_.inventory.reachability.marks;
  if (marked && !output.columns.empty()) output.columns.push_back({Field::state, {}, 0, model::Cut::right});
  const ui::Part part{sent_, !began_, last};
  const auto text = ui::render_part(model::Layout::enumerate, records_, output, terminal_, part);
  began_ = true;
  sent_ += records_.size();
  records_.clear();
  return print(text);
}

// A table shows the longest text of each column whole, as far as the terminal allows.
void Printer::measure(const Row& row) {
  inventory::Cells cells(row.line);
  std::string text;
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    if (!is_free(at)) continue;
    auto& column = output_.columns[at];
    const auto value = cell_of(request_, at, cells, row, text);
    const auto width = text::is_plain(value) ? value.size() : text::columns(text::printable(value));
    column.width = std::max(column.width, static_cast<unsigned>(std::min(width, ui::Grid::kWidest)));
  }
}

// Did nobody say how wide the column is?
bool Printer::is_free(std::size_t column) const {
  return request_.inventory.default_columns || request_.output.columns[column].width == 0;
}

// The form is that of the original: where everything fits, the same is printed.
bool Printer::send_grid() {
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    auto& column = output_.columns[at];
    auto width = width_of(column);
    if (is_free(at)) width = std::clamp(ui::make_cell(column.title).width, width, ui::Grid::kWidest);
    column.width = static_cast<unsigned>(width);
  }
  for (std::size_t at = 0; at < kept_.size(); ++at) measure(kept_.at(at));
  for (std::size_t at = 0; at < kept_.size(); ++at) {
    append_grid(kept_.at(at));
    if (!flush(kBuffer)) return false;
  }
  return flush(0);
}

bool Printer::end() {
  if (way_ == Way::records) return send_records(true);
  if (way_ == Way::table) return send_table();
  return way_ == Way::grid && is_whole_ ? send_grid() : flush(0);
}

bool Printer::send_table() {
  constexpr unsigned kIndexWidth = 8;  // "12(AU-47)", nearly
  for (std::size_t at = 0; at < output_.columns.size(); ++at) {
    auto& column = output_.columns[at];
    if (!is_free(at)) continue;
    column.cut = model::Cut::right;
    column.width = 1;
    if (output_.header)
      column.width = static_cast<unsigned>(std::min(ui::make_cell(column.title).width, ui::Grid::kWidest));
    if (output_.titles > model::Titles::names) column.width = std::max(column.width, kIndexWidth);
  }
  for (std::size_t at = 0; at < kept_.size(); ++at) measure(kept_.at(at));
  for (std::size_t at = 0; at < kept_.size(); ++at)
    if (!add_record(kept_.at(at))) return false;
  return send_records(true);
}

}  // namespace ctys::action
