// The order of records: as SORT asks for, else by place and name.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.hpp"
#include "base/text.hpp"
#include "ui/select.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace ctys::ui {
namespace {

// The key of SORT, as `sort -k` reads it: "3" from the third column to the end of the line, "3,3" that column
// alone, a letter n for numbers, a letter r to reverse. The empty key is the whole line.
struct SortKey {
  std::size_t first = 1;
  std::size_t last = static_cast<std::size_t>(-1);
  bool numeric = false;
  bool reverse = false;
};

std::size_t leading_number(std::string_view& rest) {
  const auto end = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const auto value = text::number(rest.substr(0, end)).value_or(0);
  rest.remove_prefix(end);
  return static_cast<std::size_t>(value);
}

void take_letters(std::string_view& rest, SortKey& key) {
  for (; !rest.empty() && rest.front() != ','; rest.remove_prefix(1)) {
    key.numeric = key.numeric || rest.front() == 'n';
    key.reverse = key.reverse || rest.front() == 'r';
  }
}

SortKey parse_key(std::string_view word) {
  SortKey key;
  key.first = std::max<std::size_t>(leading_number(word), 1);
  take_letters(word, key);
  if (word.empty()) return key;
  word.remove_prefix(1);  // the comma
  const std::size_t last = leading_number(word);
  if (last >= key.first) key.last = last;
  take_letters(word, key);
  return key;
}

// One line of the output as far as sorting looks at it.
struct Line {
  std::string key;
  std::uint64_t number = 0;
  std::size_t row = 0;
};

Line line_of(std::size_t row, const Rows& rows, const SortKey& key, std::optional<Field> field) {
  Line line;
  line.row = row;
  if (field) {  // numbers in the order of their value
    line.key = rows.field(row, *field);
    line.number = text::number(line.key).value_or(0);
    return line;
  }
  for (std::size_t at = key.first - 1; at < std::min(rows.columns, key.last); ++at) {
    line.key += rows.cell(row, at);
    line.key += '\x01';  // sorts before all text: "a" comes before "ab", whatever the next column holds
  }
  std::string_view digits = text::trim(line.key);
  if (key.numeric) line.number = leading_number(digits);
  return line;
}

}  // namespace

std::vector<std::size_t> order_of(const Rows& rows, const model::Sort& sort) {
  const SortKey key = parse_key(sort.key);
  if (!sort.field && key.first > rows.columns)
    log::write(log::Severity::warning, "sort",
               "there is no column " + std::to_string(key.first) + ", the output has " +
                   std::to_string(rows.columns) + ": it stays in the order in which it came");
  const bool reverse = sort.reverse != key.reverse;
  std::vector<Line> lines;
  lines.reserve(rows.count);
  for (std::size_t row = 0; row < rows.count; ++row) lines.push_back(line_of(row, rows, key, sort.field));
  const auto before = [&](const Line& a, const Line& b) {
    const auto& x = reverse ? b : a;
    const auto& y = reverse ? a : b;
    return key.numeric || sort.field ? std::tie(x.number, x.key) < std::tie(y.number, y.key) : x.key < y.key;
  };
  std::stable_sort(lines.begin(), lines.end(), before);
  if (sort.unique)
    lines.erase(
        std::unique(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.key == b.key; }),
        lines.end());
  std::vector<std::size_t> order;
  order.reserve(lines.size());
  for (const auto& line : lines) order.push_back(line.row);
  return order;
}

void put_in_order(std::vector<const model::Record*>& records, model::Layout layout,
                  std::span<const Column> columns, const model::Sort& sort) {
  if (sort.on || sort.unique || sort.reverse || sort.field || !sort.key.empty()) {
    const auto unsorted = std::exchange(records, {});
    const Rows rows{
        unsorted.size(), columns.size(),
        [&](std::size_t row, std::size_t column) { return cell(*unsorted[row], columns[column]); },
        [&](std::size_t row, Field field) { return std::string_view(unsorted[row]->get(field)); }};
    for (const auto row : order_of(rows, sort)) records.push_back(unsorted[row]);
    return;
  }
  if (layout != model::Layout::list && layout != model::Layout::enumerate) return;
  const auto place = [](const model::Record* r) {
    return std::tie(r->get(Field::host), r->get(Field::type), r->get(Field::label), r->get(Field::id));
  };
  std::stable_sort(records.begin(), records.end(),
                   [&](const auto* a, const auto* b) { return place(a) < place(b); });
}

}  // namespace ctys::ui
