// Chooses records, columns and format, and hands them to the format's own function.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render.hpp"

#include "ui/format.hpp"

namespace ctys::ui {
namespace {

void append_page(std::string& out, const Page& page) {
  using model::Format;
  switch (page.format) {
    case Format::automatic:
      return page.layout == model::Layout::report ? append_report(out, page) : append_results(out, page);
    case Format::table:
      return append_table(out, page);
    case Format::tab_tcp:
      return append_tab_tcp(out, page);
    case Format::tab_gen:
      return append_tab_gen(out, page);
    case Format::rec:
      return append_rec(out, page);
    case Format::spec:
      return append_spec(out, page);
    case Format::xml:
      return append_xml(out, page);
    case Format::terse:
    case Format::machine:
      return append_terse(out, page);
    case Format::json:
      return append_json(out, page);
  }
}

}  // namespace

std::string render(model::Layout layout, std::span<const model::Record> records,
                   std::span<const plugin::Failure> failures, const model::Output& output,
                   const Terminal& terminal) {
  Page page{layout,   format_of(layout, output, terminal), output, terminal,
            failures, matching(records, output.filters),   {},     {}};
  page.columns = columns_of(layout, page.format, output, page.records);
  put_in_order(page.records, layout, page.columns, output.sort);
  std::string out;
  append_page(out, page);
  return out;
}

std::string render_part(model::Layout layout, std::span<const model::Record> records,
                        const model::Output& output, const Terminal& terminal, const Part& part) {
  Page page{layout, format_of(layout, output, terminal), output, terminal, {}, {}, {}, part};
  page.records.reserve(records.size());
  for (const auto& record : records) page.records.push_back(&record);
  page.columns = columns_of(layout, page.format, output, page.records);
  std::string out;
  append_page(out, page);
  return out;
}

bool shows_failures(model::Layout layout, const model::Output& output, const Terminal& terminal) {
  const auto format = format_of(layout, output, terminal);
  return format == model::Format::table || format == model::Format::json;
}

}  // namespace ctys::ui
