// Every format against the text it had when a person looked at it: tests/golden/render/<name>.txt.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CTYS_ACCEPT=1 writes the files anew; look at the difference before it is committed.
#include "base/file.hpp"
#include "base/paths.hpp"
#include "unit/ui/samples.hpp"

#include <catch2/catch.hpp>

using ctys::Field;
using ctys::model::Cut;
using ctys::model::Format;
using ctys::model::Layout;
using ctys::model::Output;
using ctys::model::OutputColumn;
using ctys::model::Record;
using ctys::model::Titles;
using ctys::ui::render;

namespace {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(TEST_DATA) + "/golden/render/" + name + ".txt";
  if (ctys::paths::environment("CTYS_ACCEPT")) REQUIRE(ctys::replace_file(path, text, 0644));
  const auto expected = ctys::read_file(path, 1U << 20U);
  INFO(path);
  REQUIRE(expected);
  CHECK(text == *expected);
}

Output with(Format format) {
  Output output;
  output.format = format;
  return output;
}

struct Named {
  const char* name;
  Format format;
};
constexpr Named kFormats[] = {
    {"table", Format::table}, {"tab_tcp", Format::tab_tcp}, {"tab_gen", Format::tab_gen},
    {"rec", Format::rec},     {"spec", Format::spec},       {"xml", Format::xml},
    {"terse", Format::terse}, {"machine", Format::machine}, {"json", Format::json}};

std::vector<Record> reports() {
  Record memory;
  memory.set(Field::topic, "web01").set(Field::key, "memory").set(Field::value, "512 MB");
  Record note;
  note.set(Field::topic, "web01").set(Field::key, "note").set(Field::value, "two\nlines");
  Record bare;
  bare.set(Field::value, "no sensors");
  return {memory, note, bare};
}

std::vector<Record> results() {
  Record started = samples::web01();
  started.set(Field::result, "done").set(Field::detail, "started");
  Record already = samples::web01();
  already.set(Field::result, "already");
  Record skipped;
  skipped.set(Field::label, "db01").set(Field::result, "skipped").set(Field::detail, "web01 did not start");
  return {started, already, skipped};
}

std::vector<Record> plugins() {
  Record qemu;
  qemu.set(Field::type, "QEMU").set(Field::category, "VMs").set(Field::version, "1.0");
  qemu.set(Field::state, "usable").set(Field::capability, "QEMU-9.0.0,KVM").set(Field::accelerator, "KVM");
  Record xen;
  xen.set(Field::type, "XEN").set(Field::version, "1.0").set(Field::state, "unusable");
  xen.set(Field::detail, "no xend is running: install xen-system-amd64");
  return {qemu, xen};
}

}  // namespace

TEST_CASE("every format of the list looks as it did") {
  for (const auto& [name, format] : kFormats) {
    const std::string stem = std::string("list_") + name;
    check_golden(stem, render(Layout::list, samples::some(), {}, with(format), samples::screen(80)));
    check_golden(stem + "_empty", render(Layout::list, {}, {}, with(format), samples::screen(80)));
    check_golden(stem + "_failures", render(Layout::list, std::vector{samples::web01()}, samples::failures(),
                                            with(format), samples::screen(80)));
  }
}

TEST_CASE("every format of the inventory looks as it did") {
  for (const auto& [name, format] : kFormats)
    check_golden(std::string("enumerate_") + name,
                 render(Layout::enumerate, samples::some(), {}, with(format), samples::screen(100)));
}

TEST_CASE("the default output of each layout looks as it did, on a terminal and in a pipe") {
  const Output output;
  for (const auto& [name, terminal] :
       {std::pair{"screen", samples::screen(80)}, std::pair{"pipe", samples::pipe()}}) {
    const std::string end = std::string("_default_") + name;
    check_golden("list" + end, render(Layout::list, samples::some(), {}, output, terminal));
    check_golden("enumerate" + end, render(Layout::enumerate, samples::some(), {}, output, terminal));
    check_golden("report" + end, render(Layout::report, reports(), {}, output, terminal));
    check_golden("result" + end, render(Layout::result, results(), {}, output, terminal));
    check_golden("plugins" + end, render(Layout::plugins, plugins(), {}, output, terminal));
  }
}

TEST_CASE("the table in colour looks as it did") {
  check_golden("list_table_color", render(Layout::list, samples::some(), samples::failures(), Output{},
                                          samples::screen(60, true)));
}

TEST_CASE("title rows look as they did") {
  for (const auto& [name, titles] : {std::pair{"names", Titles::names}, std::pair{"numbers", Titles::numbers},
                                     std::pair{"letters", Titles::letters}})
    for (const auto& [form, format] : kFormats) {
      if (format == Format::json || format == Format::xml || format == Format::rec || format == Format::spec)
        continue;
      Output output = with(format);
      output.titles = titles;
      check_golden(std::string("titles_") + name + "_" + form,
                   render(Layout::enumerate, std::vector{samples::web01()}, {}, output, samples::screen(80)));
    }
}

TEST_CASE("a table of chosen columns cuts, keeps ends and wraps as it did") {
  Output output = with(Format::tab_gen);
  output.columns = {{Field::label, "name", 6, Cut::right},
                    {Field::id, "file", 10, Cut::left},
                    {Field::uuid, "", 9, Cut::wrap},
                    {Field::state, "", 0, Cut::right},
                    {Field::dist, "long", 120, Cut::right}};
  output.titles = Titles::numbers;
  check_golden("tab_gen_policies", render(Layout::list, samples::some(), {}, output, samples::pipe()));
}
