// Results of several hosts name theirs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render.hpp"
#include "unit/ui/samples.hpp"

#include <catch2/catch.hpp>

using ctys::Field;
using ctys::model::Format;
using ctys::model::Layout;
using ctys::model::Output;
using ctys::model::Record;
using ctys::ui::render;

namespace {

Record planned(const char* host) {
  Record record;
  record.set(Field::label, "test").set(Field::type, "TEST").set(Field::context, "test:///default");
  return record.set(Field::host, host).set(Field::result, "planned").set(Field::detail, "shut down");
}

}  // namespace

TEST_CASE("a result tells its host where other hosts were asked") {
  const std::vector<Record> both{planned("d1"), planned("d2")};
  Output output;
  CHECK(render(Layout::result, std::span(both).first(1), {}, output, samples::pipe()) ==
        "test: planned: shut down (TEST, test:///default)\n");
  output.hosts = true;
  CHECK(render(Layout::result, both, {}, output, samples::pipe()) ==
        "test: planned: shut down (TEST on d1, test:///default)\n"
        "test: planned: shut down (TEST on d2, test:///default)\n");
  output.format = Format::table;
  CHECK(render(Layout::result, both, {}, output, samples::pipe()) ==
        "LABEL  TYPE  RESULT   STATE  HOST  DETAIL\n"
        "test   TEST  planned  -      d1    shut down\n"
        "test   TEST  planned  -      d2    shut down\n");
  output.hosts = false;
  CHECK(render(Layout::result, both, {}, output, samples::pipe()) ==
        "LABEL  TYPE  RESULT   STATE  DETAIL\n"
        "test   TEST  planned  -      shut down\n"
        "test   TEST  planned  -      shut down\n");
}

TEST_CASE("a step about a host alone names it once") {
  Record step;
  step.set(Field::host, "d1").set(Field::result, "planned").set(Field::detail, "ask by SSH for sessions");
  Output output;
  output.hosts = true;
  CHECK(render(Layout::result, std::span(&step, 1), {}, output, samples::pipe()) ==
        "d1: planned: ask by SSH for sessions\n");
}
