// The formats, one function each: they get what select.hpp chose and append their text.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"
#include "model/request.hpp"
#include "model/schema.hpp"
#include "plugin/collect.hpp"
#include "ui/render.hpp"
#include "ui/select.hpp"
#include "ui/terminal.hpp"

#include <span>
#include <string>
#include <vector>

namespace ctys::ui {

// What one output shows.
struct Page {
  model::Layout layout{};
  model::Format format{};
  const model::Output& output;
  const Terminal& terminal;
  std::span<const plugin::Failure> failures;
  std::vector<const model::Record*> records;
  std::vector<Column> columns;
  Part part;
};

void append_table(std::string& out, const Page& page);    // for people
void append_tab_tcp(std::string& out, const Page& page);  // the classic list
void append_tab_gen(std::string& out, const Page& page);  // columns of chosen widths
void append_rec(std::string& out, const Page& page);
void append_spec(std::string& out, const Page& page);
void append_xml(std::string& out, const Page& page);
void append_json(std::string& out, const Page& page);
void append_terse(std::string& out, const Page& page);    // TERSE and MACHINE
void append_report(std::string& out, const Page& page);   // INFO, SHOW: "topic: key: value"
void append_results(std::string& out, const Page& page);  // "web01: started (QEMU, qemu:///system)"

// The title of a column as TITLE, TITLEIDX and TITLEIDXASC show it: "MAC", "MAC(6)", "MAC(F-6)".
[[nodiscard]] std::string title_of(const Column& column, model::Titles titles);
// The letters a spreadsheet gives a column: 1 is A, 27 is AA; empty for 0.
[[nodiscard]] std::string letters_of(std::size_t number);

}  // namespace ctys::ui
