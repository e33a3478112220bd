// Records to text: every output format. Pure.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "model/request.hpp"
#include "model/schema.hpp"
#include "plugin/collect.hpp"
#include "ui/terminal.hpp"

#include <span>
#include <string>
#include <vector>

namespace ctys::ui {

// The whole text for stdout, failures included where the format has room for them (see shows_failures).
// Foreign text is escaped in every format that a terminal shows; in MACHINE and TERSE a ';' inside a value is
// written as ',', so that a line always has as many fields as columns. Applies filters and sorting of
// `output`.
[[nodiscard]] std::string render(model::Layout layout, std::span<const model::Record> records,
                                 std::span<const plugin::Failure> failures, const model::Output& output,
                                 const Terminal& terminal);

// Which part of an output this is, where it is made piece by piece.
struct Part {
  std::size_t before = 0;  // records that stand in front of it
  bool first = true;       // with what an output begins
  bool last = true;        // with what it ends
};

// One part of an output that is too long to be made at once. Whoever asks has chosen the records and their
// order; the widths of a table must stand in `output.columns`, so that its parts agree.
[[nodiscard]] std::string render_part(model::Layout layout, std::span<const model::Record> records,
                                      const model::Output& output, const Terminal& terminal,
                                      const Part& part);

// Does render() put the failures into its text (table: a row that says so; JSON: an object with "error")?
// Where it does not, they are stderr's: describe() each of fold().
[[nodiscard]] bool shows_failures(model::Layout layout, const model::Output& output,
                                  const Terminal& terminal);

// One error for all failures that say the same, with all their places in `where`; in order of appearance.
[[nodiscard]] std::vector<Error> fold(std::span<const plugin::Failure> failures);

// "ctys: cannot start web01\n  why:   ...\n  where: ...\n  fix:   ...\n" for stderr.
[[nodiscard]] std::string describe(const Error& error, const Terminal& terminal);

}  // namespace ctys::ui
