// Which records and columns an output has, and in which order: between the Request and the formats.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "model/request.hpp"
#include "model/schema.hpp"
#include "ui/terminal.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::ui {

// A pattern in which '*' stands for any text; ASCII case ignored. Matching takes time linear in the text,
// whatever the pattern is.
class Glob {
 public:
  explicit Glob(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Piece {
    std::string text;                // lower case
    std::vector<std::size_t> retry;  // Knuth-Morris-Pratt: where to go on after a mismatch
  };
  std::vector<Piece> pieces_;  // between the stars
};

enum class Show {
  value,
  letter,  // of server, client, tunnel: S, C, T, else ?
  word     // server, client, tunnel
};

// One column of an output.
struct Column {
  Field field{};
  std::string title;
  std::size_t number = 0;  // position in the layout, 0: none
  std::size_t width = 0;   // 0: as the format has it
  model::Cut cut = model::Cut::right;
  Show show = Show::value;
  Field instead{};      // shown where the field is empty
  bool chosen = false;  // by the user
};

// The text of a record in a column, not escaped.
[[nodiscard]] std::string_view cell(const model::Record& record, const Column& column);

// `automatic` replaced by what it means for this layout and terminal. Reports and results without a format
// have none: they are lines of text, and stay `automatic`.
[[nodiscard]] model::Format format_of(model::Layout layout, const model::Output& output,
                                      const Terminal& terminal);

// The columns of the output; `records` decide which of the table's optional columns are of use.
[[nodiscard]] std::vector<Column> columns_of(model::Layout layout, model::Format format,
                                             const model::Output& output,
                                             std::span<const model::Record* const> records);

// The records for which all filters hold. A term with a field holds when the whole value matches; for `os`
// also when the value, or the distribution's name, begins with the pattern. A term without a field holds when
// any value contains the pattern. MAC addresses and UUIDs, and parts of them (base/spelling.hpp), are found
// in any spelling.
[[nodiscard]] std::vector<const model::Record*> matching(std::span<const model::Record> records,
                                                         std::span<const model::Filter> filters);

// Rows that are to be sorted, whatever they are kept in.
struct Rows {
  std::size_t count = 0;
  std::size_t columns = 0;
  std::function<std::string_view(std::size_t row, std::size_t column)> cell;
  std::function<std::string_view(std::size_t row, Field field)> field;
};
// The rows in the order SORT asks for, less those UNIQUE leaves out.
[[nodiscard]] std::vector<std::size_t> order_of(const Rows& rows, const model::Sort& sort);

// Sorts as SORT asks for. Without it sessions and machines stand by host, type, label and id; reports and
// results stay as they came.
void put_in_order(std::vector<const model::Record*>& records, model::Layout layout,
                  std::span<const Column> columns, const model::Sort& sort);

}  // namespace ctys::ui
