// Folding names: those that differ in numbers only become one word with ranges.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names are sorted by what stands between their numbers. Of those that agree in it, and in all numbers but
// one, that one is merged; then the number in front of it, and so on: a table of dc[1-2]n[1-99] folds into
// one word.
#include "base/text.hpp"
#include "groups/range.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace ctys::groups {
namespace {

constexpr std::size_t kMaxNumbers = 8;  // of one name; further ones are text

using Numbers = std::vector<std::uint64_t>;

struct Number {
  std::uint64_t value = 0;
  std::size_t digits = 0;
  bool padded = false;
};
struct Name {
  std::vector<std::string> texts;  // one more than there are numbers
  std::vector<Number> numbers;
};

Name cut(std::string_view word) {
  Name name;
  name.texts.emplace_back();
  const bool foldable = word.find_first_of("[]") == std::string_view::npos;
  while (!word.empty()) {
    const auto digits = word.substr(0, std::min(word.find_first_not_of("0123456789"), word.size()));
    if (digits.empty()) {
      name.texts.back() += word.front();
      word.remove_prefix(1);
      continue;
    }
    word.remove_prefix(digits.size());
    if (!foldable || digits.size() > kMaxDigits || name.numbers.size() == kMaxNumbers) {
      name.texts.back() += digits;
      continue;
    }
    const bool padded = digits.size() > 1 && digits.front() == '0';
    name.numbers.push_back({text::number(digits).value_or(0), digits.size(), padded});
    name.texts.emplace_back();
  }
  return name;
}

// Names of the same texts and the same widths; each row has the values of one number after the other.
struct Table {
  std::vector<std::string> texts;
  std::vector<std::size_t> widths;
  std::vector<std::vector<Numbers>> rows;
};

void merge_column(std::vector<std::vector<Numbers>>& rows, std::size_t column) {
  std::map<std::vector<Numbers>, Numbers> merged;
  for (auto& row : rows) {
    auto values = std::move(row[column]);
    row[column].clear();
    auto& all = merged[std::move(row)];
    all.insert(all.end(), values.begin(), values.end());
  }
  rows.clear();
  for (auto& [others, values] : merged) {
    std::sort(values.begin(), values.end());
    auto row = others;
    row[column] = std::move(values);
    rows.push_back(std::move(row));
  }
}

// 1-9,12
std::string ranges_of(const Numbers& values, std::size_t width) {
  if (values.size() == 1) return padded(values.front(), width);
  std::string out = "[";
  for (std::size_t at = 0; at < values.size();) {
    std::size_t end = at + 1;
    while (end < values.size() && values[end] == values[end - 1] + 1) ++end;
    if (at > 0) out += ',';
    out += padded(values[at], width);
    if (end - at > 1) out += '-' + padded(values[end - 1], width);
    at = end;
  }
  return out + ']';
}

void append(std::vector<std::string>& words, Table& table) {
  for (auto column = table.widths.size(); column-- > 0;) merge_column(table.rows, column);
  std::sort(table.rows.begin(), table.rows.end());
  for (const auto& row : table.rows) {
    std::string word = table.texts.front();
    for (std::size_t at = 0; at < row.size(); ++at)
      word += ranges_of(row[at], table.widths[at]) + table.texts[at + 1];
    words.push_back(std::move(word));
  }
}

// The width that numbers of so many digits are written with: that of padded ones they can stand among, or
// none.
std::size_t width_of(const Number& number, const std::set<std::size_t>& padded_widths) {
  if (number.padded) return number.digits;
  const auto above = padded_widths.upper_bound(number.digits);
  return above == padded_widths.begin() ? 0 : *std::prev(above);
}

// Names that agree in their texts.
void fold_family(std::vector<std::string>& words, const std::vector<Name>& family) {
  const auto columns = family.front().numbers.size();
  std::vector<std::set<std::size_t>> padded_widths(columns);
  for (const auto& name : family)
    for (std::size_t at = 0; at < columns; ++at)
      if (name.numbers[at].padded) padded_widths[at].insert(name.numbers[at].digits);
  std::map<std::vector<std::size_t>, Table> tables;
  for (const auto& name : family) {
    std::vector<std::size_t> widths;
    std::vector<Numbers> row;
    for (std::size_t at = 0; at < columns; ++at) {
      widths.push_back(width_of(name.numbers[at], padded_widths[at]));
      row.push_back({name.numbers[at].value});
    }
    auto& table = tables[widths];
    table.rows.push_back(std::move(row));
    table.widths = std::move(widths);
    table.texts = name.texts;
  }
  for (auto& [widths, table] : tables) append(words, table);
}

}  // namespace

std::vector<std::string> fold(std::span<const std::string> names) {
  std::vector<std::vector<Name>> families;
  std::unordered_map<std::string, std::size_t> by_texts;
  std::set<std::string_view> seen;
  for (const auto& word : names) {
    if (!seen.insert(word).second) continue;
    auto name = cut(word);
    std::string key;
    for (const auto& part : name.texts) key += std::to_string(part.size()) + ":" + part;
    const auto [at, is_new] = by_texts.emplace(key, families.size());
    if (is_new) families.emplace_back();
    families[at->second].push_back(std::move(name));
  }
  std::vector<std::string> words;
  for (const auto& family : families) fold_family(words, family);
  return words;
}

}  // namespace ctys::groups
