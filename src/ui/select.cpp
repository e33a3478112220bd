// The columns of each format: the user's, or the default of layout and format.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/select.hpp"

#include <algorithm>
#include <array>

namespace ctys::ui {
namespace {

using model::Cut;
using model::Format;
using model::Layout;

Column column_of(Layout layout, Field field) {
  Column column;
  column.field = field;
  column.number = model::position(layout, field);
  for (const auto part : {model::columns(layout), model::extra_columns(layout)})
    for (const auto& known : part)
      if (known.field == field) column.title = known.title;
  return column;
}

std::vector<Column> columns_of_fields(Layout layout, std::span<const Field> fields) {
  std::vector<Column> columns;
  for (const Field field : fields) columns.push_back(column_of(layout, field));
  return columns;
}

std::vector<Column> numbered(Layout layout, std::size_t most) {
  std::vector<Column> columns;
  for (const auto& known : model::columns(layout).subspan(0, std::min(most, model::columns(layout).size()))) {
    columns.push_back({});
    columns.back().field = known.field;
    columns.back().title = known.title;
    columns.back().number = columns.size();
  }
  return columns;
}

std::vector<Column> every_column(Layout layout) {
  auto columns = numbered(layout, model::columns(layout).size());
  for (const auto& known : model::extra_columns(layout)) columns.push_back(column_of(layout, known.field));
  return columns;
}

std::vector<Column> chosen(Layout layout, Format format, const model::Output& output) {
  std::vector<Column> columns;
  for (const auto& wanted : output.columns) {
    Column column = column_of(layout, wanted.field);
    if (!wanted.title.empty())
      column.title = wanted.title;
    else if (format == Format::tab_gen && column.number > 0)
      column.title = std::to_string(column.number);
    column.width = wanted.width;
    column.chosen = true;
    column.cut = wanted.cut;
    columns.push_back(std::move(column));
  }
  return columns;
}

bool wants(const model::Output& output, Field field) {
  return std::any_of(output.columns.begin(), output.columns.end(),
                     [&](const auto& column) { return column.field == field; });
}

std::vector<Column> tab_tcp_columns(Layout layout, const model::Output& output) {
  constexpr std::array kFields{Field::host,        Field::tcp,     Field::if_name, Field::label, Field::type,
                               Field::accelerator, Field::cs_type, Field::user,    Field::group};
  constexpr std::array kTitles{"TCP-container", "TCP-guest", "IF",   "label", "stype",
                               "accel",         "c",         "user", "group"};
  constexpr std::array<std::size_t, 9> kWidths{18, 17, 8, 17, 9, 5, 1, 10, 10};
  auto columns = columns_of_fields(layout, kFields);
  for (std::size_t at = 0; at < columns.size(); ++at) {
    columns[at].title = kTitles[at];
    columns[at].width = at < output.widths.size() && output.widths[at] > 0 ? output.widths[at] : kWidths[at];
  }
  if (wants(output, Field::mac)) columns[1].instead = Field::mac;
  if (wants(output, Field::id)) {
    Column id = column_of(layout, Field::id);
    id.title = "id";
    id.width = columns[3].width;
    id.cut = Cut::left;
    columns[3] = std::move(id);
  }
  columns[6].show = Show::letter;
  return columns;
}

// A column of the table for people. Optional ones are left out when no record has something to show there.
struct TableColumn {
  Field field;
  const char* title;
  bool optional = true;
  Cut cut = Cut::right;
  Show show = Show::value;
};

constexpr std::array kListTable{TableColumn{Field::label, "LABEL", false},
                                TableColumn{Field::type, "TYPE", false},
                                TableColumn{Field::state, "STATE", false},
                                TableColumn{Field::age, "AGE"},
                                TableColumn{Field::cs_type, "PART", true, Cut::right, Show::word},
                                TableColumn{Field::tcp, "ADDRESS", false},
                                TableColumn{Field::accelerator, "ACCEL"},
                                TableColumn{Field::user, "USER"},
                                TableColumn{Field::host, "HOST"},
                                TableColumn{Field::context, "CONTEXT", true, Cut::left}};

constexpr std::array kInventoryTable{
    TableColumn{Field::label, "LABEL", false}, TableColumn{Field::type, "TYPE", false},
    TableColumn{Field::state, "STATE"},        TableColumn{Field::vm_state, "VMSTATE"},
    TableColumn{Field::dist, "DIST"},          TableColumn{Field::tcp, "ADDRESS"},
    TableColumn{Field::host, "HOST"},          TableColumn{Field::id, "ID", false, Cut::left}};
constexpr std::array kReportTable{TableColumn{Field::host, "HOST"}, TableColumn{Field::type, "TYPE"},
                                  TableColumn{Field::topic, "TOPIC", false},
                                  TableColumn{Field::key, "KEY", false},
                                  TableColumn{Field::value, "VALUE", false}};
constexpr std::array kResultTable{TableColumn{Field::label, "LABEL", false},
                                  TableColumn{Field::type, "TYPE", false},
                                  TableColumn{Field::result, "RESULT", false},
                                  TableColumn{Field::state, "STATE", false},
                                  TableColumn{Field::host, "HOST"},
                                  TableColumn{Field::detail, "DETAIL"}};
constexpr std::array kPluginsTable{
    TableColumn{Field::type, "TYPE", false},      TableColumn{Field::version, "VERSION", false},
    TableColumn{Field::state, "STATE", false},    TableColumn{Field::accelerator, "ACCEL"},
    TableColumn{Field::capability, "CAPABILITY"}, TableColumn{Field::detail, "DETAIL"}};
constexpr std::array kDoctorTable{TableColumn{Field::host, "HOST", false},
                                  TableColumn{Field::topic, "STEP", false},
                                  TableColumn{Field::result, "RESULT", false},
                                  TableColumn{Field::detail, "DETAIL"}, TableColumn{Field::value, "FIX"}};
constexpr std::array kImportTable{
    TableColumn{Field::host, "HOST", false}, TableColumn{Field::result, "RESULT", false},
    TableColumn{Field::address_source, "SOURCE", false}, TableColumn{Field::detail, "DETAIL"}};
constexpr std::array kCopiesTable{
    TableColumn{Field::host, "HOST", false}, TableColumn{Field::result, "RESULT", false},
    TableColumn{Field::version, "VERSION", false}, TableColumn{Field::value, "BUILD", false},
    TableColumn{Field::detail, "DETAIL"}};
constexpr std::array kVpingTable{
    TableColumn{Field::host, "HOST", false},  TableColumn{Field::tcp, "TCP/IP", false},
    TableColumn{Field::state, "PING", false}, TableColumn{Field::result, "SSH"},
    TableColumn{Field::value, "DB", false},   TableColumn{Field::detail, "DETAIL"}};
constexpr std::array kMacmapTable{TableColumn{Field::name, "NAME", false},
                                  TableColumn{Field::mac, "MAC", false},
                                  TableColumn{Field::tcp, "IP", false}};
constexpr std::array kJobsTable{
    TableColumn{Field::job_id, "JOB", false},   TableColumn{Field::state, "STATE", false},
    TableColumn{Field::value, "STATUS", false}, TableColumn{Field::seen, "STARTED", false},
    TableColumn{Field::age, "TOOK", false},     TableColumn{Field::detail, "COMMAND", false}};
constexpr std::array kKeptTable{TableColumn{Field::host, "HOST", false},
                                TableColumn{Field::gateway, "THROUGH"},
                                TableColumn{Field::state, "STATE", false}, TableColumn{Field::value, "LEFT"},
                                TableColumn{Field::pid, "PID", false}};

std::span<const TableColumn> table_of(Layout layout) {
  switch (layout) {
    case Layout::list:
      return kListTable;
    case Layout::enumerate:
      return kInventoryTable;
    case Layout::report:
      return kReportTable;
    case Layout::result:
      return kResultTable;
    case Layout::plugins:
      return kPluginsTable;
    case Layout::doctor:
      return kDoctorTable;
    case Layout::import:
      return kImportTable;
    case Layout::copies:
      return kCopiesTable;
    case Layout::vping:
      return kVpingTable;
    case Layout::macmap:
      return kMacmapTable;
    case Layout::jobs:
      return kJobsTable;
    case Layout::kept:
      return kKeptTable;
  }
  return {};
}

// Is there anything to learn from an optional column?
bool tells_something(const TableColumn& column, std::span<const model::Record* const> records) {
  const auto has_value = [&](const auto* record) {
    const auto& value = record->get(column.field);
    // Servers are what one expects: the part is told where viewers or tunnels stand among them.
    return column.show == Show::word ? value.starts_with('C') || value.starts_with('T') : !value.empty();
  };
  // One connection is what one expects, too.
  if (column.field == Field::context)
    return std::adjacent_find(records.begin(), records.end(), [](const auto* a, const auto* b) {
             return a->get(Field::context) != b->get(Field::context);
           }) != records.end();
  return std::any_of(records.begin(), records.end(), has_value);
}

std::vector<Column> table_columns(Layout layout, const model::Output& output,
                                  std::span<const model::Record* const> records) {
  std::vector<Column> columns;
  for (const auto& known : table_of(layout)) {
    // Results on this host alone need not say so.
    if (layout == Layout::result && known.field == Field::host && !output.hosts) continue;
    if (known.optional && !tells_something(known, records)) continue;
    Column column = column_of(layout, known.field);
    column.title = known.title;
    column.cut = known.cut;
    column.show = known.show;
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<Column> terse_columns(Layout layout) {
  constexpr std::array kList{Field::host,        Field::tcp,     Field::if_name, Field::label, Field::type,
                             Field::accelerator, Field::cs_type, Field::user,    Field::group};
  constexpr std::array kInventory{Field::label, Field::type, Field::id};
  if (layout == Layout::list) return columns_of_fields(layout, kList);
  if (layout == Layout::enumerate) return columns_of_fields(layout, kInventory);
  return numbered(layout, model::columns(layout).size());
}

}  // namespace

std::string_view cell(const model::Record& record, const Column& column) {
  std::string_view value = record.get(column.field);
  if (value.empty()) value = record.get(column.instead);
  if (column.show == Show::value) return value;
  const char letter = value.empty() ? '?' : value.front();
  const bool word = column.show == Show::word;
  if (letter == 'S' || letter == 's') return word ? "server" : "S";
  if (letter == 'C' || letter == 'c') return word ? "client" : "C";
  if (letter == 'T' || letter == 't') return word ? "tunnel" : "T";
  return word ? std::string_view() : "?";
}

Format format_of(Layout layout, const model::Output& output, const Terminal& terminal) {
  const auto format = output.format;
  // MAXKEY implies TERSE, as far as nothing else is asked for.
  if (output.max_key && (format == Format::automatic || format == Format::tab_tcp)) return Format::terse;
  if (format != Format::automatic) return format;
  if (layout == Layout::report || layout == Layout::result) return Format::automatic;
  if (terminal.out_is_terminal || layout == Layout::plugins || layout == Layout::doctor ||
      layout == Layout::import || layout == Layout::copies || layout == Layout::jobs ||
      layout == Layout::vping || layout == Layout::kept)
    return Format::table;
  if (layout == Layout::enumerate || layout == Layout::macmap) return Format::terse;
  return output.columns.empty() ? Format::tab_tcp : Format::table;
}

std::vector<Column> columns_of(Layout layout, Format format, const model::Output& output,
                               std::span<const model::Record* const> records) {
  constexpr std::size_t kMaxKey = 6;
  if (format == Format::tab_tcp) return tab_tcp_columns(layout, output);
  if (format == Format::machine) return numbered(layout, model::columns(layout).size());
  if (output.max_key) return numbered(layout, kMaxKey);
  if (!output.columns.empty()) return chosen(layout, format, output);
  switch (format) {
    case Format::table:
      return table_columns(layout, output, records);
    case Format::tab_gen:
    case Format::terse:
      return terse_columns(layout);
    default:
      return every_column(layout);
  }
}

}  // namespace ctys::ui
