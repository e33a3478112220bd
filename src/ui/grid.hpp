// Rows of cells in columns of fixed width: what all tables are made of.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ui {

// Text without controls, and how many terminal columns it takes.
struct Cell {
  std::string text;
  std::size_t width = 0;
  std::string_view color;  // escape sequence it is shown with, empty: none
};

// Foreign text made fit for a terminal.
[[nodiscard]] Cell make_cell(std::string_view raw);

struct GridColumn {
  std::string title;  // foreign text
  std::size_t width = 0;
  model::Cut cut = model::Cut::right;
};

struct GridStyle {
  std::string_view between;    // two columns
  bool is_ruled = false;       // a line below the titles
  std::size_t ruler_most = 0;  // characters of the ruler in one column, 0: no limit
  std::string_view blank;      // stands for an empty value
  bool marks_cuts = false;     // "…" where text is missing
  bool bold_titles = false;
};

class Grid {
 public:
  static constexpr std::size_t kWidest = 4096;  // a column is at most this wide: nobody reads more in a table
  static constexpr std::size_t kMostLines = 50;  // of one wrapped row

  Grid(std::vector<GridColumn> columns, const GridStyle& style);
  [[nodiscard]] const std::vector<GridColumn>& columns() const noexcept { return columns_; }
  // Titles, a second line of titles when `numbers` is not empty, and the ruler.
  void append_header(std::string& out, std::span<const std::string> numbers) const;
  // As many cells as columns.
  void append_row(std::string& out, std::span<const Cell> cells) const;

 private:
  // `blank` stands for empty cells. Titles keep their beginning, whatever end the values keep.
  void append_line(std::string& out, std::span<const Cell> cells, std::string_view blank,
                   bool is_title) const;

  std::vector<GridColumn> columns_;
  GridStyle style_;
};

}  // namespace ctys::ui
