// Tests of the words for fields: numbers, keywords and titles as scripts know them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema.hpp"

#include "base/text.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using ctys::Field;
using ctys::model::columns;
using ctys::model::extra_columns;
using ctys::model::find_column;
using ctys::model::Layout;
using ctys::model::position;

namespace {

constexpr Layout kLayouts[] = {Layout::list,    Layout::enumerate, Layout::report, Layout::result,
                               Layout::plugins, Layout::macmap,    Layout::jobs,   Layout::kept};

Field field_of(Layout layout, std::string_view word) {
  const auto* column = find_column(layout, word);
  return column == nullptr ? Field{} : column->field;
}

}  // namespace

TEST_CASE("the list has 22 columns and the inventory 47, with their old numbers") {
  REQUIRE(columns(Layout::list).size() == 22);
  REQUIRE(columns(Layout::enumerate).size() == 47);
  CHECK(position(Layout::list, Field::host) == 1);
  CHECK(position(Layout::list, Field::pid) == 11);
  CHECK(position(Layout::list, Field::user) == 12);
  CHECK(position(Layout::list, Field::cs_type) == 14);
  CHECK(columns(Layout::list)[16].field == Field{});
  CHECK(position(Layout::list, Field::context) == 18);
  CHECK(position(Layout::list, Field::arch) == 22);
  CHECK(position(Layout::list, Field::state) == 0);
  CHECK(position(Layout::list, Field{}) == 0);
  CHECK(position(Layout::enumerate, Field::context) == 42);
  CHECK(position(Layout::enumerate, Field::default_console) == 47);
}

TEST_CASE("keywords and titles select a column, whatever their case") {
  CHECK(field_of(Layout::list, "pm") == Field::host);
  CHECK(field_of(Layout::list, "H") == Field::host);
  CHECK(field_of(Layout::list, "ContainingMachine") == Field::host);
  CHECK(field_of(Layout::list, "hrx") == Field::hyper_rel_run);
  CHECK(field_of(Layout::list, "uid") == Field::user);
  CHECK(field_of(Layout::list, "SITE") == Field::cs_type);
  CHECK(field_of(Layout::enumerate, "ids") == Field::id);
  CHECK(field_of(Layout::enumerate, "S") == Field::server_port);
  CHECK(field_of(Layout::enumerate, "PForm") == Field::platform);
  CHECK(field_of(Layout::enumerate, "DEFC") == Field::default_console);
  CHECK(find_column(Layout::list, "") == nullptr);
  CHECK(find_column(Layout::list, "reserved") == nullptr);
  CHECK(find_column(Layout::list, "PM|HOST") == nullptr);
  CHECK(find_column(Layout::list, "nonsense") == nullptr);
}

TEST_CASE("columns without a number are found by name") {
  CHECK(field_of(Layout::list, "state") == Field::state);
  CHECK(field_of(Layout::list, "os") == Field::os);
  CHECK(field_of(Layout::enumerate, "state") == Field::state);
  CHECK(field_of(Layout::enumerate, "address_source") == Field::address_source);
  CHECK(field_of(Layout::result, "mac") == Field::mac);
}

TEST_CASE("every layout names every field once, and no word means two columns") {
  for (const auto layout : kLayouts) {
    std::set<Field> fields;
    std::set<std::string> words;
    std::set<std::string> titles;
    for (const auto part : {columns(layout), extra_columns(layout)})
      for (const auto& column : part) {
        INFO(column.title);
        CHECK(titles.insert(ctys::text::lower(column.title)).second);
        if (column.field == Field{}) continue;
        CHECK(fields.insert(column.field).second);
        for (const auto word : ctys::text::split(column.keywords, '|')) {
          INFO(word);
          CHECK(words.insert(ctys::text::lower(word)).second);
          CHECK(field_of(layout, word) == column.field);
        }
        CHECK(field_of(layout, column.title) == column.field);
      }
    CHECK(fields.size() == 47 + 16);
  }
}
