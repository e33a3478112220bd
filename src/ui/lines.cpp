// One line for each record: TERSE and MACHINE for scripts, reports and results for people.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "ui/format.hpp"

#include <algorithm>

namespace ctys::ui {
namespace {

// A value between separators: a ';' in it would shift all columns after it.
void append_value(std::string& out, std::string_view raw) {
  const std::size_t begin = out.size();
  if (text::is_plain(raw))
    out += raw;
  else
    out += text::printable(raw);
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), ';', ',');
}

void append_part(std::string& out, std::string_view raw, std::string_view after) {
  if (!raw.empty()) out.append(text::printable(raw)).append(after);
}

std::string_view first_of(const model::Record& record, std::initializer_list<Field> fields) {
  for (const Field field : fields)
    if (!record.get(field).empty()) return record.get(field);
  return {};
}

// " (QEMU on lab01, qemu:///system)"
void append_place(std::string& out, const model::Record& record, bool with_host) {
  const auto& type = record.get(Field::type);
  const auto& context = record.get(Field::context);
  const auto& host = record.get(Field::host);
  const auto on = with_host && !host.empty() ? std::string(type.empty() ? "on " : " on ") + host : "";
  if (type.empty() && context.empty() && on.empty()) return;
  out += " (";
  append_part(out, type, "");
  append_part(out, on, "");
  if (!context.empty() && (!type.empty() || !on.empty())) out += ", ";
  append_part(out, context, "");
  out += ')';
}

}  // namespace

std::string letters_of(std::size_t number) {
  std::string letters;
  for (; number > 0; number = (number - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (number - 1) % 26));
  return letters;
}

std::string title_of(const Column& column, model::Titles titles) {
  if (column.number == 0) return column.title;
  const std::string number = std::to_string(column.number);
  if (titles == model::Titles::numbers) return column.title + '(' + number + ')';
  if (titles == model::Titles::letters)
    return column.title + '(' + letters_of(column.number) + '-' + number + ')';
  return column.title;
}

void append_terse(std::string& out, const Page& page) {
  const auto end_value = [&](std::size_t at) { out += at + 1 < page.columns.size() ? ';' : '\n'; };
  if (page.output.titles != model::Titles::none && page.output.header && page.part.first)
    for (std::size_t at = 0; at < page.columns.size(); ++at) {
      append_value(out, title_of(page.columns[at], page.output.titles));
      end_value(at);
    }
  for (const auto* record : page.records)
    for (std::size_t at = 0; at < page.columns.size(); ++at) {
      append_value(out, cell(*record, page.columns[at]));
      end_value(at);
    }
}

void append_report(std::string& out, const Page& page) {
  for (const auto* record : page.records) {
    append_part(out, record->get(Field::topic), ": ");
    append_part(out, record->get(Field::key), ": ");
    append_part(out, record->get(Field::value), "");
    out += '\n';
  }
}

void append_results(std::string& out, const Page& page) {
  for (const auto* record : page.records) {
    const auto subject = first_of(
        *record, {Field::label, Field::name, Field::topic, Field::id, Field::uuid, Field::type, Field::host});
    append_part(out, subject, ": ");
    const auto& result = record->get(Field::result);
    const auto& detail = record->get(Field::detail);
    // "done" and "already" say nothing that the detail does not say better.
    if (detail.empty() || (result != "done" && result != "already"))
      append_part(out, result, detail.empty() ? "" : ": ");
    append_part(out, detail, "");
    append_place(out, *record, page.output.hosts && subject != record->get(Field::host));
    out += '\n';
  }
}

}  // namespace ctys::ui
