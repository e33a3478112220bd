// JSON: an array with one object for each record, one a line; failures are objects with "error".
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "model/remedy.hpp"
#include "ui/format.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ctys::ui {
namespace {

bool needs_no_escape(std::string_view s) {
  bool plain = text::is_plain(s);
  for (const char c : s) plain &= c != '"' && c != '\\';
  return plain;
}

// The value as data: a reader gets back what went in, bytes that are no UTF-8 excepted (U+FFFD). What would
// act on a terminal is written as \u escapes.
void append_string(std::string& out, std::string_view raw) {
  if (needs_no_escape(raw)) {
    out += '"';
    out += raw;
    out += '"';
    return;
  }
  using nlohmann::json;
  const bool as_ascii = text::printable(raw) != raw;
  out += json(raw).dump(-1, ' ', as_ascii, json::error_handler_t::replace);
}

// One object on one line.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  // `name` is a JSON string already.
  void add(std::string_view name, std::string_view value) {
    begin(name);
    append_string(out_, value);
  }
  void add_known(std::string_view name, std::string_view value) {
    if (!value.empty()) add(name, value);
  }
  void begin(std::string_view name) {
    if (!is_empty_) out_ += ',';
    is_empty_ = false;
    out_ += name;
    out_ += ':';
  }
  std::string& text() { return out_; }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool is_empty_ = true;
};

void append_failure(std::string& out, const plugin::Failure& failure) {
  const auto& error = failure.error;
  Object object(out);
  object.begin("\"error\"");
  Object inner(object.text());
  inner.begin("\"status\"");
  inner.text() += std::to_string(static_cast<std::int32_t>(error.code));
  inner.add("\"what\"", error.summary);
  inner.add_known("\"why\"", error.why);
  inner.add_known("\"fix\"", model::with_host(error.fix, failure.host));
  inner.add_known("\"where\"", error.where);
  inner.end();
  object.add_known("\"ContainingMachine\"", failure.host);
  object.add_known("\"SessionType\"", failure.type);
  object.add_known("\"Label\"", failure.label);
  object.add_known("\"Job\"", failure.job);
  object.end();
}

// The names of the columns as JSON strings; a name that occurs again is left out, a reader would see one of
// them only.
std::vector<std::string> names_of(std::span<const Column> columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const auto& column : columns) {
    std::string name;
    append_string(name, column.title);
    names.push_back(std::find(names.begin(), names.end(), name) == names.end() ? name : std::string());
  }
  return names;
}

// Names are always there, so that readers can rely on them: those of numbered columns, and of chosen ones.
bool is_told(const Column& column, std::string_view value) {
  return !value.empty() || column.number > 0 || column.chosen;
}

}  // namespace

void append_json(std::string& out, const Page& page) {
  const auto names = names_of(page.columns);
  std::string_view between = page.part.before > 0 ? ",\n" : "\n";
  if (page.part.first) out += '[';
  for (const auto* record : page.records) {
    out += between;
    between = ",\n";
    Object object(out);
    for (std::size_t at = 0; at < names.size(); ++at) {
      const auto value = cell(*record, page.columns[at]);
      if (!names[at].empty() && is_told(page.columns[at], value)) object.add(names[at], value);
    }
    object.end();
  }
  for (const auto& failure : page.failures) {
    out += between;
    between = ",\n";
    append_failure(out, failure);
  }
  if (page.part.last) out += between == "\n" ? "]\n" : "\n]\n";
}

}  // namespace ctys::ui
