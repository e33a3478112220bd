// Records as blocks: REC, SPEC and XML.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   REC                          SPEC                                          XML
//   record(1):={                 record(1):={                                  <record index="1">
//     {Label,3,web01}              001   3                     Label web01       <Label
//     index="3">web01</Label>
//   }                            }                                             </record>
#include "base/text.hpp"
#include "ui/format.hpp"

#include <algorithm>

namespace ctys::ui {
namespace {

void append_right(std::string& out, std::string_view text, std::size_t width, char fill = ' ') {
  const std::size_t used = text::columns(text);
  if (used < width) out.append(width - used, fill);
  out += text;
}

// Columns that have no number in the layout and were not chosen are shown where they have a value.
bool is_shown(const Column& column, std::string_view value) {
  return column.number > 0 || column.chosen || !value.empty();
}

std::string number_of(const Column& column) {
  return column.number > 0 ? std::to_string(column.number) : "-";
}

// What is the same in every record.
struct Heading {
  std::string title;
  std::string number;
};

template <class AppendLine>
void append_blocks(std::string& out, const Page& page, AppendLine append_line) {
  std::size_t index = page.part.before;
  std::vector<Heading> headings;
  for (const auto& column : page.columns)
    headings.push_back({text::printable(column.title), number_of(column)});
  for (const auto* record : page.records) {
    out.append("record(").append(std::to_string(++index)).append("):={\n");
    std::size_t line = 0;
    for (std::size_t at = 0; at < headings.size(); ++at) {
      const auto value = cell(*record, page.columns[at]);
      if (is_shown(page.columns[at], value)) append_line(++line, headings[at], text::printable(value));
    }
    out += "}\n";
  }
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// A title as the name of an element: other characters than letters, digits, '-' and '.' become '_'.
std::string element_name(std::string_view title) {
  std::string name(title);
  for (char& c : name)
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.') c = '_';
  if (name.empty() || !is_letter(name.front())) name.insert(name.begin(), '_');
  return name;
}

void append_reference(std::string& out, char32_t code) {
  out.append("&#").append(std::to_string(static_cast<std::uint32_t>(code))).append(";");
}

// Characters that XML does not know at all are shown escaped, those that would act on a terminal become
// references, bytes that are no UTF-8 become U+FFFD.
void append_xml_character(std::string& out, std::string_view raw, char32_t code) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  const bool is_blank = code == '\t' || code == '\n' || code == '\r';
  if (raw == "&")
    out += "&amp;";
  else if (raw == "<")
    out += "&lt;";
  else if (raw == ">")
    out += "&gt;";
  else if (raw == "\"")
    out += "&quot;";
  else if (code == 0xFFFE || code == 0xFFFF)
    out += kReplacement;
  else if (!is_blank && (code < 0x20 || text::printable(raw) == raw))
    out += text::printable(raw);
  else
    append_reference(out, code);
}

void append_xml_text(std::string& out, std::string_view raw) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  if (text::is_plain(raw) && raw.find_first_of("&<>\"") == std::string_view::npos) {
    out += raw;
    return;
  }
  while (!raw.empty()) {
    const auto plain = std::find_if(raw.begin(), raw.end(), [](char c) {
      return c < 0x20 || c >= 0x7F || c == '&' || c == '<' || c == '>' || c == '"';
    });
    const auto length = static_cast<std::size_t>(plain - raw.begin());
    out.append(raw.substr(0, length));
    raw.remove_prefix(length);
    if (raw.empty()) return;
    const auto next = text::first_character(raw);
    if (next.length == 0)
      out += kReplacement;
    else
      append_xml_character(out, raw.substr(0, next.length), next.code);
    raw.remove_prefix(std::max<std::size_t>(next.length, 1));
  }
}

}  // namespace

void append_rec(std::string& out, const Page& page) {
  append_blocks(out, page, [&](std::size_t, const Heading& heading, const std::string& value) {
    out.append("  {").append(heading.title).append(",");
    out.append(heading.number).append(",").append(value).append("}\n");
  });
}

void append_spec(std::string& out, const Page& page) {
  append_blocks(out, page, [&](std::size_t line, const Heading& heading, const std::string& value) {
    out += "  ";
    append_right(out, std::to_string(line), 3, '0');
    out += ' ';
    append_right(out, heading.number, 3);
    out += ' ';
    append_right(out, heading.title, 25);
    if (!value.empty()) out.append(" ").append(value);
    out += '\n';
  });
}

void append_xml(std::string& out, const Page& page) {
  std::vector<std::string> names;
  names.reserve(page.columns.size());
  for (const auto& column : page.columns) names.push_back(element_name(column.title));
  if (page.part.first) out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<records>\n";
  std::size_t index = page.part.before;
  for (const auto* record : page.records) {
    out.append("  <record index=\"").append(std::to_string(++index)).append("\">\n");
    for (std::size_t at = 0; at < page.columns.size(); ++at) {
      const auto& column = page.columns[at];
      const auto value = cell(*record, column);
      if (!is_shown(column, value)) continue;
      out.append("    <").append(names[at]);
      if (column.number > 0) out.append(" index=\"").append(std::to_string(column.number)).append("\"");
      out += '>';
      append_xml_text(out, value);
      out.append("</").append(names[at]).append(">\n");
    }
    out += "  </record>\n";
  }
  if (page.part.last) out += "</records>\n";
}

}  // namespace ctys::ui
