// Writes macmap.fdb: only the rows that changed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/leases_collect.hpp"
#include "inventory/line.hpp"
#include "inventory/macmap.hpp"

#include <algorithm>
#include <unordered_set>

namespace ctys::inventory {
namespace {

struct OldLine {
  std::string_view body;
  std::string_view end;
};

std::vector<OldLine> lines_of(std::string_view text) {
  std::vector<OldLine> lines;
  text = without_mark(text);
  while (!text.empty()) {
    const auto rest = text;
    auto body = next_line(text);
    while (body.ends_with('\r')) body.remove_suffix(1);
    lines.push_back({body, rest.substr(body.size(), rest.size() - text.size() - body.size())});
  }
  return lines;
}

// Rows that are in the file, as they stand there, then new ones?
bool is_order_of_file(const std::vector<MacRow>& rows) {
  const auto place = [](const MacRow& row) { return row.line == 0 ? std::string::npos : row.line; };
  return std::is_sorted(rows.begin(), rows.end(),
                        [&](const MacRow& a, const MacRow& b) { return place(a) < place(b); });
}

class MacWriter {
 public:
  MacWriter(const Macmap& macmap, std::string_view old)
      : rows_(macmap.rows), lines_(lines_of(old)), text_(old.starts_with(kMark) ? kMark : "") {
    // New lines end as those of the file do.
    if (!lines_.empty() && lines_.front().end.ends_with("\r\n")) end_ = "\r\n";
  }

  std::string write() {
    const bool in_order = is_order_of_file(rows_);
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      const auto& line = lines_[at];
      const auto old = parse_macmap_row(line.body);
      if (!old || (in_order && !is_next(at + 1) && is_said(*old)))
        put(line.body, line.end);
      else if (in_order ? is_next(at + 1) : next_ < rows_.size())
        put_next();
    }
    while (next_ < rows_.size()) put_next();
    return std::move(text_);
  }

 private:
  bool is_next(std::size_t line) const { return next_ < rows_.size() && rows_[next_].line == line; }
  // What a line says a second time stays as long as it holds.
  bool is_said(const MacRow& row) {
    if (said_.empty())
      for (const auto& one : rows_) said_.insert(to_text(one));
    return said_.count(to_text(row)) > 0;
  }
  void put_next() {
    const auto& row = rows_[next_++];
    if (row.line == 0 || row.line > lines_.size()) return put(to_text(row), end_);
    const auto& old = lines_[row.line - 1];
    if (parse_macmap_row(old.body) == row) return put(old.body, old.end);
    put(to_text(row), old.end);
  }
  void put(std::string_view body, std::string_view end) {
    // The last line of a file may lack its end; the mark alone is no line.
    if (!text_.empty() && text_ != kMark && text_.back() != '\n') text_ += text_.back() == '\r' ? "\n" : end_;
    text_.append(body).append(end);
  }

  const std::vector<MacRow>& rows_;
  std::vector<OldLine> lines_;
  std::string text_;
  std::string_view end_ = "\n";
  std::size_t next_ = 0;  // of rows_
  std::unordered_set<std::string> said_;
};

}  // namespace

std::string to_text(const Macmap& macmap, std::string_view old) {
  return MacWriter(macmap, old).write();
}

}  // namespace ctys::inventory
