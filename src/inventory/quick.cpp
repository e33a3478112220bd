// Answers plain look-ups at once.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/quick.hpp"

#include "base/text.hpp"
#include "inventory/addresses.hpp"
#include "inventory/find.hpp"
#include "inventory/view.hpp"
#include "model/schema.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace ctys::inventory {
namespace {

struct Short {
  std::string_view key;
  std::string_view columns;
  std::string_view directories;
};

constexpr bool is_letter_or_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Short that the query language or a macro could take for something else are not for here.
bool is_plain_key(std::string_view word) {
  constexpr std::string_view kOthers = "_-.:/";
  if (word.size() < 2 || word.size() > 255 || !is_letter_or_digit(word.front()) || word[1] == ':')
    return false;
  if (text::equal_ci(word, "AND") || text::equal_ci(word, "OR") || text::equal_ci(word, "NOT")) return false;
  return std::all_of(word.begin(), word.end(), [&](char c) {
    return is_letter_or_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// vhost KEY -o COLUMNS [-p DIRECTORIES], in any order behind the first word.
std::optional<Short> read_words(std::span<char* const> words) {
  constexpr std::size_t kMost = 7;
  if (words.size() < 4 || words.size() > kMost) return std::nullopt;
  const std::string_view program = words[0];
  if (program.substr(program.rfind('/') + 1) != "ctys" || std::string_view(words[1]) != "vhost")
    return std::nullopt;
  Short asked;
  for (std::size_t at = 2; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const bool is_option = word == "-o" || word == "-p";
    if (is_option && at + 1 == words.size()) return std::nullopt;
    auto& value = word == "-o" ? asked.columns : word == "-p" ? asked.directories : asked.key;
    if (!value.empty() || (!is_option && word.starts_with('-'))) return std::nullopt;
    value = is_option ? words[++at] : word;
    // A list of no directories is an error.
    if (value.find_first_not_of(':') == std::string_view::npos || value.starts_with('-')) return std::nullopt;
  }
  if (!is_plain_key(asked.key) || asked.columns.empty()) return std::nullopt;
  return asked;
}

// Numbers of the fields, none for `machine`; nullopt when a word is no plain field.
std::optional<std::vector<std::size_t>> read_columns(std::string_view list) {
  // Short of -o that come before fields of the same name, and views of fields.
  constexpr std::string_view kOthers =
      "|TAB_GEN|TAB|REC_GEN|REC|SPEC_GEN|SPEC|XML_GEN|XML|JSON|TERSE|MACHINE|SORT|TITLE|TITLEIDX|TITLEIDXASC|"
      "MAXKEY|"
      "CTYSADDRESS|CTYS|IP|DNS|D|";
  std::vector<std::size_t> numbers;
  if (text::equal_ci(list, "machine")) return numbers;
  for (const auto word : text::split(list, ',')) {
    if (word.empty() || !std::all_of(word.begin(), word.end(), is_letter_or_digit)) return std::nullopt;
    if (kOthers.find("|" + text::upper(word) + "|") != std::string_view::npos) return std::nullopt;
    const auto* column = model::find_column(model::Layout::enumerate, word);
    const auto number = column == nullptr ? 0 : model::position(model::Layout::enumerate, column->field);
    if (number == 0 || column->field == Field::index) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

void append_record(std::string& out, std::string_view line, const std::vector<std::size_t>& columns) {
  for (std::size_t at = 0; at < columns.size(); ++at) {
    if (at > 0) out += kSeparator;
    text::append_printable(out, field(line, columns[at]));
  }
  if (columns.empty()) {
    text::append_printable(out, line);
    const auto separators = static_cast<std::size_t>(std::count(line.begin(), line.end(), kSeparator));
    if (separators + 1 < kFields) out.append(kFields - 1 - separators, kSeparator);
  }
  out += '\n';
}

// Does the answer show an address that macmap.fdb may have and the record has not?
bool may_be_completed(const Found& found, const std::vector<std::size_t>& columns,
                      std::string_view directories) {
  const auto tcp = static_cast<std::size_t>(Field::tcp);
  const bool shows = columns.empty() || std::find(columns.begin(), columns.end(), tcp) != columns.end();
  return shows &&
         std::any_of(found.matches.begin(), found.matches.end(),
                     [](const Match& match) { return lacks_address(match.line); }) &&
         Addresses(view_directories(directories)).exist();
}

}  // namespace

std::optional<std::string> quick_answer(std::span<char* const> words) {
  const auto asked = read_words(words);
  if (!asked) return std::nullopt;
  const auto columns = read_columns(asked->columns);
  if (!columns) return std::nullopt;
  const auto key = parse_key(asked->key);
  if (!key) return std::nullopt;
  const auto view = open_view(view_directories(asked->directories));
  if (!view) return std::nullopt;
  const auto found = find(*view, *key);
  // Warnings are told by those who can: the log is not set up here.
  if (!found || found->matches.empty() || !found->warnings.empty()) return std::nullopt;
  if (may_be_completed(*found, *columns, asked->directories)) return std::nullopt;
  std::string out;
  for (const auto& match : found->matches) append_record(out, match.line, *columns);
  return out;
}

}  // namespace ctys::inventory
