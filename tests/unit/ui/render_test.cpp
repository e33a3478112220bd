// Properties that hold for every output, whatever the fields hold.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render.hpp"

#include "base/text.hpp"
#include "unit/ui/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <algorithm>
#include <chrono>
#include <random>

using ctys::Field;
using ctys::model::Cut;
using ctys::model::Format;
using ctys::model::Layout;
using ctys::model::Output;
using ctys::model::Record;
using ctys::model::Titles;
using ctys::ui::render;
namespace model = ctys::model;

namespace {

constexpr Format kFormats[] = {Format::automatic, Format::table, Format::tab_tcp, Format::tab_gen,
                               Format::rec,       Format::spec,  Format::xml,     Format::terse,
                               Format::machine,   Format::json};
constexpr Layout kLayouts[] = {Layout::list, Layout::enumerate, Layout::report, Layout::result,
                               Layout::plugins};

Output with(Format format) {
  Output output;
  output.format = format;
  return output;
}

// Fields of random bytes, among them all that could break a format.
class Noise {
 public:
  explicit Noise(unsigned seed) : random_(seed) {}
  std::string value() {
    static const std::string kPieces[] = {";",
                                          "\n",
                                          "\r",
                                          "\t",
                                          "|",
                                          "\"",
                                          "\\",
                                          "<",
                                          "&",
                                          "]]>",
                                          "\x1b[2J",
                                          "\x7f",
                                          "\xc2\x9b",
                                          "\xff",
                                          "東",
                                          "e\u0301",
                                          "\u202e",
                                          "\xf0\x9f\x98\x80",
                                          "web01",
                                          " ",
                                          std::string(1, '\0'),
                                          "\xef\xbf\xbf",
                                          "\xed\xa0\x80",
                                          "-",
                                          "a b c d e f g"};
    std::string text;
    for (auto left = number(12); left > 0; --left) text += kPieces[number(std::size(kPieces))];
    if (number(20) == 0) text.append(10'000, static_cast<char>('a' + number(26)));
    return text;
  }
  Record record() {
    Record r;
    for (std::uint32_t at = 1; at < ctys::kFieldSlots; ++at)
      if (number(3) > 0 && (at <= ctys::kInventoryFields || at >= static_cast<std::uint32_t>(Field::pid)))
        r.set(static_cast<Field>(at), value());
    return r;
  }
  std::size_t number(std::size_t below) { return random_() % below; }

 private:
  std::mt19937 random_;
};

std::vector<Record> noise_records(unsigned seed, std::size_t count) {
  Noise noise(seed);
  std::vector<Record> records;
  for (std::size_t at = 0; at < count; ++at) records.push_back(noise.record());
  return records;
}

bool acts_on_terminal(const std::string& text) {
  for (const auto line : ctys::text::split(text, '\n'))
    if (ctys::text::printable(line) != line) return true;
  return false;
}

std::string repaired(const std::string& raw) {
  const auto json = nlohmann::json(raw).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(json).get<std::string>();
}

}  // namespace

TEST_CASE("no format lets foreign text act on the terminal") {
  auto failures = samples::failures();
  failures.front().error.why = "\x1b]0;x\x07\xc2\x9b\xff";
  failures.front().host = "\x1b[2J";
  for (unsigned seed = 0; seed < 20; ++seed)
    for (const auto layout : kLayouts)
      for (const auto format : kFormats) {
        const auto text = render(layout, noise_records(seed, 3), failures, with(format), samples::screen(80));
        INFO("layout " << static_cast<int>(layout) << " format " << static_cast<int>(format));
        CHECK_FALSE(acts_on_terminal(text));
      }
}

TEST_CASE("a MACHINE line has one separator less than fields, whatever the fields hold") {
  for (unsigned seed = 0; seed < 50; ++seed)
    for (const auto& [layout, separators] : {std::pair{Layout::list, 21}, std::pair{Layout::enumerate, 46}}) {
      const auto records = noise_records(seed, 5);
      Output output = with(Format::machine);
      output.titles = Titles::letters;
      const auto text = render(layout, records, {}, output, samples::pipe());
      const auto lines = ctys::text::split(text, '\n');
      REQUIRE(lines.size() == records.size() + 2);
      CHECK(lines.back().empty());
      for (std::size_t at = 0; at + 1 < lines.size(); ++at)
        CHECK(std::count(lines[at].begin(), lines[at].end(), ';') == separators);
    }
}

TEST_CASE("no line of a table is wider than the terminal") {
  for (unsigned seed = 0; seed < 10; ++seed)
    for (const auto layout : kLayouts)
      for (const unsigned width : {1U, 2U, 5U, 17U, 40U, 80U, 133U, 500U}) {
        Output output = with(Format::table);
        if (seed % 2 == 1) output.titles = Titles::letters;
        if (seed % 3 == 1)
          output.columns = {{Field::label, "T\x1b", 300, Cut::wrap}, {Field::state, "", 0, Cut::left}};
        const auto text =
            render(layout, noise_records(seed, 4), samples::failures(), output, samples::screen(width));
        INFO("width " << width);
        for (const auto line : ctys::text::split(text, '\n')) CHECK(ctys::text::columns(line) <= width);
      }
}

TEST_CASE("a narrow terminal shows eight columns of a label, and fewer columns") {
  Record record;
  record.set(Field::host, "lab01").set(Field::type, "QEMU").set(Field::label, "webserver01");
  record.set(Field::state, "running").set(Field::tcp, "192.0.2.1");
  const auto text = render(Layout::list, {&record, 1}, {}, with(Format::table), samples::screen(20));
  CHECK(text.find("webserv…") != std::string::npos);
}

TEST_CASE("every line of a classic table has its separators at the same places") {
  for (unsigned seed = 0; seed < 10; ++seed) {
    Output output = with(Format::tab_gen);
    output.columns = {{Field::label, "", 7, Cut::right},
                      {Field::id, "", 12, Cut::left},
                      {Field::tcp, "", 1, Cut::wrap},
                      {Field::user_string, "", 9, Cut::wrap},
                      {Field::state, "", 3, Cut::right}};
    const auto text = render(Layout::enumerate, noise_records(seed, 4), {}, output, samples::pipe());
    for (const auto line : ctys::text::split(text, '\n'))
      for (const std::size_t place : {7U, 20U, 22U, 32U})
        if (!line.empty()) {
          const char separator = line[ctys::text::cut_right(line, place).size()];
          INFO(line);
          CHECK((separator == '|' || separator == '+'));
        }
  }
}

TEST_CASE("wrapping ends after 50 lines") {
  Output output = with(Format::tab_gen);
  output.columns = {{Field::label, "", 4, Cut::wrap}};
  output.header = false;
  const std::vector<Record> one{Record().set(Field::label, std::string(10'000, 'x'))};
  const auto text = render(Layout::list, one, {}, output, samples::pipe());
  CHECK(std::count(text.begin(), text.end(), '\n') == 50);
}

TEST_CASE("XML is well-formed and gives the values back") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    const auto records = noise_records(seed, 3);
    Output output = with(Format::xml);
    if (seed % 3 == 1) output.columns = {{Field::label, "1 <odd> \"title\"", 0, {}}, {Field::id, "", 0, {}}};
    const auto text = render(Layout::enumerate, records, {}, output, samples::pipe());
    pugi::xml_document document;
    const auto result = document.load_string(text.c_str(), pugi::parse_full);
    INFO(result.description() << " at " << result.offset << "\n" << text);
    REQUIRE(result);
    const auto children = document.child("records").children("record");
    CHECK(std::distance(children.begin(), children.end()) == 3);
  }
  const auto text = render(Layout::list, samples::some(), {}, with(Format::xml), samples::pipe());
  pugi::xml_document document;
  REQUIRE(document.load_string(text.c_str()));
  const auto first = document.child("records").child("record");
  const auto last = document.child("records").last_child();
  CHECK(std::string(first.child("Label").text().get()) == "web01");
  CHECK(first.child("Label").attribute("index").as_int() == 3);
  CHECK(std::string(last.child("ID").text().get()) == "/x/<b>\"&'.xml");
  CHECK(std::string(last.child("TCP").text().get()) ==
        "10.0.0.1\xc2\x9b"
        "2J");
  CHECK(std::string(last.child("Label").text().get()) == "evil\\x1b]0;pwned\\x07\\x1b[31m\nname");
}

TEST_CASE("JSON names every numbered column in every object, others where they are known or chosen") {
  const std::vector<Record> records{samples::web01(), Record().set(Field::label, "bare")};
  for (const auto& [layout, count] : {std::pair{Layout::list, 22U}, std::pair{Layout::enumerate, 47U}}) {
    const auto parsed =
        nlohmann::json::parse(render(layout, records, {}, with(Format::json), samples::pipe()));
    for (const auto& object : parsed) {
      std::size_t numbered = 0;
      for (const auto& column : model::columns(layout)) numbered += object.count(std::string(column.title));
      CHECK(numbered == count);
    }
    CHECK_FALSE(parsed[0].contains("State"));
    CHECK(parsed[1].contains("State"));
  }
  Output output = with(Format::json);
  output.columns = {{Field::label, "", 0, {}}, {Field::state, "", 0, {}}, {Field::tcp, "Address", 0, {}}};
  const auto chosen = nlohmann::json::parse(render(Layout::list, records, {}, output, samples::pipe()));
  for (const auto& object : chosen) CHECK(object.size() == 3);
  CHECK(chosen[0]["State"].get<std::string>().empty());
}

TEST_CASE("JSON gives every value back under the title of its column") {
  for (unsigned seed = 0; seed < 20; ++seed)
    for (const auto layout : {Layout::report, Layout::result, Layout::plugins}) {  // these keep the order
      const auto records = noise_records(seed, 3);
      const auto parsed =
          nlohmann::json::parse(render(layout, records, {}, with(Format::json), samples::pipe()));
      REQUIRE(parsed.size() == records.size());
      for (std::size_t at = 0; at < records.size(); ++at) {
        nlohmann::json expected;
        for (const auto& column : model::columns(layout)) expected[std::string(column.title)] = "";
        for (const auto part : {model::columns(layout), model::extra_columns(layout)})
          for (const auto& column : part)
            if (!records[at].get(column.field).empty())
              expected[std::string(column.title)] = repaired(records[at].get(column.field));
        CHECK(parsed[at] == expected);
      }
    }
}

TEST_CASE("failures are objects of the JSON array, and rows of the table, and nowhere else") {
  const auto failures = samples::failures();
  const auto parsed = nlohmann::json::parse(
      render(Layout::list, samples::some(), failures, with(Format::json), samples::pipe()));
  REQUIRE(parsed.size() == 5);
  CHECK(parsed[3]["error"]["status"] == 3);
  CHECK(parsed[3]["error"]["what"] == "cannot connect to qemu:///system");
  CHECK(parsed[3]["ContainingMachine"] == "lab07");
  CHECK(parsed[4]["error"]["status"] == 4);
  CHECK_FALSE(parsed[4]["error"].contains("why"));
  CHECK(nlohmann::json::parse(render(Layout::list, {}, {}, with(Format::json), samples::pipe())).empty());
  for (const auto layout : kLayouts)
    for (const auto format : kFormats) {
      const auto text = render(layout, {}, failures, with(format), samples::pipe());
      CHECK((text.find("lab07") != std::string::npos) ==
            ctys::ui::shows_failures(layout, with(format), samples::pipe()));
    }
}

TEST_CASE("TAB_TCP shows the MAC and the id when they are asked for, and takes given widths") {
  Output output = with(Format::tab_tcp);
  output.header = false;
  output.columns = {{Field::mac, "", 0, {}}, {Field::id, "", 0, {}}};
  output.widths = {5, 0, 2};
  const auto text = render(Layout::list, std::vector{samples::tokyo()}, {}, output, samples::pipe());
  CHECK(text == "lab00|52:54:00:00:00:02|- |/srv/vm/a;b|c.xml|QEMU     |-    |S|-         |-\n");
  Record r = samples::web01();
  r.set(Field::id, "/a/very/long/path/to/machine.xml");
  CHECK(render(Layout::list, std::vector{r}, {}, output, samples::pipe()) ==
        "lab00|192.168.122.10   |vn|th/to/machine.xml|QEMU     |KVM  |S|jdoe      |users\n");
}

TEST_CASE("a table that nobody asked for cuts nothing in a pipe, and the one that was named does") {
  Record r = samples::web01();
  r.set(Field::label, "a-label-that-is-longer-than-its-column");
  const std::vector<Record> one{r};
  auto output = with(Format::automatic);
  output.grows = true;
  const auto whole = render(Layout::list, one, {}, output, samples::pipe());
  CHECK(whole.find("|a-label-that-is-longer-than-its-column|QEMU     |") != std::string::npos);
  CHECK(whole.find("|label                                 |stype    |") != std::string::npos);
  output.format = Format::tab_tcp;
  CHECK(render(Layout::list, one, {}, output, samples::pipe()).find("|a-label-that-is-l|") !=
        std::string::npos);
  output = with(Format::automatic);
  CHECK(render(Layout::list, one, {}, output, samples::pipe()).find("|a-label-that-is-l|") !=
        std::string::npos);
}

TEST_CASE("MAXKEY is the first six fields, in TERSE unless something else is asked for") {
  Output output;
  output.max_key = true;
  const std::vector<Record> one{samples::web01()};
  CHECK(render(Layout::list, one, {}, output, samples::screen(80)) ==
        "lab00.soho;QEMU;web01;/etc/libvirt/qemu/web01.xml;0b3c8f1e-6d0e-4a35-9d0c-5f6a1b2c3d4e;"
        "52:54:00:12:34:56\n");
  output.format = Format::json;
  CHECK(nlohmann::json::parse(render(Layout::list, one, {}, output, samples::pipe()))[0].size() == 6);
}

TEST_CASE("a table is without titles when they are not wanted") {
  Output output = with(Format::table);
  output.header = false;
  output.columns = {{Field::label, "", 0, {}}, {Field::state, "", 0, {}}};
  CHECK(render(Layout::list, std::vector{samples::web01()}, {}, output, samples::screen(80)) ==
        "web01  running\n");
  CHECK(render(Layout::list, {}, {}, output, samples::screen(80)).empty());
}

TEST_CASE("chosen columns in a pipe are a table of these columns, as wide as needed") {
  Output output;
  output.columns = {{Field::label, "", 0, {}}, {Field::state, "What", 0, {}}};
  const std::vector<Record> one{
      Record().set(Field::label, std::string(300, 'l')).set(Field::state, "running")};
  const auto text = render(Layout::list, one, {}, output, samples::pipe());
  CHECK(text == "Label" + std::string(297, ' ') + "What\n" + std::string(300, 'l') + "  running\n");
}

TEST_CASE("a thousand records with all fields are rendered at once", "[.bench]") {
  std::vector<Record> records;
  for (int i = 0; i < 1000; ++i) {
    Record r = samples::web01();
    for (std::uint32_t at = 1; at < ctys::kFieldSlots; ++at)
      if (r.get(static_cast<Field>(at)).empty()) r.set(static_cast<Field>(at), "value of the field");
    r.set(Field::label, "machine" + std::to_string(i * 7919 % 1000));
    records.push_back(r);
  }
  for (const auto format : kFormats) {
    const auto begin = std::chrono::steady_clock::now();
    constexpr int kRounds = 20;
    std::size_t size = 0;
    for (int i = 0; i < kRounds; ++i)
      size = render(Layout::list, records, {}, with(format), samples::screen(120)).size();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    WARN("format " << static_cast<int>(format) << ": " << took.count() / kRounds << " ms, " << size
                   << " bytes");
  }
}
