// Filters: terms that must all hold, and the pattern matching behind them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "ui/select.hpp"

#include <algorithm>

namespace ctys::ui {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// For each prefix of `text`: the length of its longest proper prefix that is also its end.
std::vector<std::size_t> retry_table(std::string_view text) {
  std::vector<std::size_t> table(text.size());
  std::size_t length = 0;
  for (std::size_t at = 1; at < text.size(); ++at) {
    while (length > 0 && text[at] != text[length]) length = table[length - 1];
    if (text[at] == text[length]) ++length;
    table[at] = length;
  }
  return table;
}

bool equal_lowered(std::string_view text, std::string_view lowered) {
  return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(),
                    [](char a, char b) { return lower(a) == b; });
}

// One term, ready to be asked for many records.
class Term {
 public:
  explicit Term(const model::Filter& filter)
      : field_(filter.field), glob_(filter.field ? filter.pattern : '*' + filter.pattern + '*') {
    if (field_ == Field::os) begins_.emplace_back(filter.pattern + '*');
    if (field_ == Field::mac) mac_.emplace(spelling::mac_pattern(filter.pattern));
    if (field_ == Field::uuid) uuid_.emplace(spelling::uuid_pattern(filter.pattern));
    const auto part = field_ ? std::nullopt : spelling::part_of(filter.pattern);
    if (part && !part->mac.empty()) mac_.emplace('*' + part->mac + '*');
    if (part && !part->uuid.empty()) uuid_.emplace('*' + part->uuid + '*');
  }
  [[nodiscard]] bool holds(const model::Record& record) const {
    if (is_spelled_otherwise(record)) return true;
    if (!field_) return any_value_matches(record);
    if (glob_.matches(record.get(*field_))) return true;
    return std::any_of(begins_.begin(), begins_.end(), [&](const Glob& begins) {
      return begins.matches(record.get(Field::os)) || begins.matches(record.get(Field::dist));
    });
  }

 private:
  [[nodiscard]] bool is_spelled_otherwise(const model::Record& record) const {
    std::string scratch;
    const auto is_usual = [](const Glob& glob, std::string_view form) {
      return !form.empty() && glob.matches(form);
    };
    return (mac_ && is_usual(*mac_, spelling::usual_mac(record.get(Field::mac), scratch))) ||
           (uuid_ && is_usual(*uuid_, spelling::usual_uuid(record.get(Field::uuid), scratch)));
  }
  [[nodiscard]] bool any_value_matches(const model::Record& record) const {
    bool found = false;
    record.each([&](Field, const std::string& value) { found = found || glob_.matches(value); });
    return found;
  }

  std::optional<Field> field_;
  Glob glob_;
  std::optional<Glob> mac_;  // for the usual form of an address
  std::optional<Glob> uuid_;
  std::vector<Glob> begins_;  // one for `os`, else none
};

}  // namespace

Glob::Glob(std::string_view pattern) {
  const std::string lowered = text::lower(pattern);
  for (const auto part : text::split(lowered, '*')) pieces_.push_back({std::string(part), retry_table(part)});
}

bool Glob::matches(std::string_view text) const {
  const auto& first = pieces_.front().text;
  const auto& last = pieces_.back().text;
  if (pieces_.size() == 1) return equal_lowered(text, first);
  if (text.size() < first.size() + last.size() || !equal_lowered(text.substr(0, first.size()), first) ||
      !equal_lowered(text.substr(text.size() - last.size()), last))
    return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  // The pieces in between, each as early as possible: the later ones then have the most room.
  std::size_t at = 0;
  for (const auto& [piece, retry] : std::span(pieces_).subspan(1, pieces_.size() - 2)) {
    std::size_t matched = 0;
    while (matched < piece.size()) {
      if (at == text.size()) return false;
      const char c = lower(text[at++]);
      while (matched > 0 && c != piece[matched]) matched = retry[matched - 1];
      if (c == piece[matched]) ++matched;
    }
  }
  return true;
}

std::vector<const model::Record*> matching(std::span<const model::Record> records,
                                           std::span<const model::Filter> filters) {
  const std::vector<Term> terms(filters.begin(), filters.end());
  std::vector<const model::Record*> found;
  found.reserve(records.size());
  for (const auto& record : records)
    if (std::all_of(terms.begin(), terms.end(), [&](const Term& term) { return term.holds(record); }))
      found.push_back(&record);
  return found;
}

}  // namespace ctys::ui
