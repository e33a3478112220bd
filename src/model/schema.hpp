// What fields are called: the columns of LIST and ENUMERATE with their titles and keywords.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/field.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace ctys::model {

// One column of a record layout. `title` is also its name in JSON and XML; `keywords` are the words that
// select it on the command line, '|'-separated, ASCII case ignored.
struct ColumnName {
  Field field;
  std::string_view title;
  std::string_view keywords;
};

enum class Layout {
  list,       // 22 positional fields of a running session
  enumerate,  // 47 positional fields of the inventory
  report,     // INFO and SHOW: topic, key, value
  result,     // of CREATE, CANCEL, attribute: what became of each target
  plugins,
  doctor,  // the steps of a check
  import,  // hosts and what names them
  copies,  // of ctys on other hosts
  vping,   // hosts, and whether they answer
  macmap,  // rows of macmap.fdb
  jobs,    // what runs in the background, and what came of it
  kept     // connections that calls have left for those after them
};

// The positional columns of a layout, in their numbered order (column 1 first).
[[nodiscard]] std::span<const ColumnName> columns(Layout layout);
// Columns that exist beside the numbered ones (state, name, ...): in JSON, and when asked for by name.
[[nodiscard]] std::span<const ColumnName> extra_columns(Layout layout);
// The column a keyword or title selects, numbered or extra.
[[nodiscard]] const ColumnName* find_column(Layout layout, std::string_view word);
// Position (1-based) of a field among the numbered columns, 0 when it is not numbered.
[[nodiscard]] std::size_t position(Layout layout, Field field);

}  // namespace ctys::model
