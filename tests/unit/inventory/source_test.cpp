// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/source.hpp"

#include "unit/inventory/fixture.hpp"

#include <unistd.h>

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;
using testing::record;

namespace {

std::vector<std::string> labels(const Source& source, Faults* faults = nullptr) {
  std::vector<std::string> found;
  Reader reader(source);
  for (Line line; reader.next(line);) {
    found.emplace_back(field(line.text, 3));
    CHECK(source.record_at(line.offset).value() == std::string(line.text));
  }
  REQUIRE(reader.status());
  if (faults != nullptr) *faults = reader.faults();
  return found;
}

}  // namespace

TEST_CASE("comments, blank lines, CRLF and a missing last newline are no trouble") {
  const Folder folder;
  const auto a = record({{3, "a"}});
  const auto b = record({{3, "b"}});
  const auto file = folder / "enum.fdb";
  const std::vector<std::string> both{"a", "b"};
  for (const auto& content :
       {"# head\n\n" + a + "\n" + b + "\n", a + "\r\n\r\n" + b + "\r\n", a + "\n" + b, a + "\n" + b + "\r"}) {
    testing::write(file, content);
    Faults faults;
    CHECK(labels(Source::open(file).value(), &faults) == both);
    CHECK(faults.count == 0);
  }
  testing::write(file, "");
  CHECK(labels(Source::open(file).value()).empty());
}

TEST_CASE("lines that are no records are skipped and told of once") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto good = record({{3, "web01"}}) + "\n";
  testing::write(file, good + "a;b\n" + good);
  Faults faults;
  CHECK(labels(Source::open(file).value(), &faults).size() == 2);
  const auto source = Source::open(file).value();
  CHECK(warning(source, faults) ==
        "1 line of " + file.string() + " is no record and was skipped: line 2 (wrong number of fields)");
  CHECK(warning(source, {}).empty());

  testing::write(file, "x\n" + good + std::string(100000, 'y') + "\n" + std::string(700000, 'y') + "\n" +
                           good + "\xff" + good + "x\nx");
  const auto worse = Source::open(file).value();
  CHECK(labels(worse, &faults).size() == 2);
  CHECK(faults.count == 6);
  CHECK(warning(worse, faults) ==
        "6 lines of " + file.string() +
            " are no records and were skipped: line 1 (wrong number of fields), line 3 "
            "(too long), line 4 (too long), ...");

  testing::write(file, record({{1, "\"lab01\""}, {3, "\"web01\""}}) + "\n" + good);
  const auto quoted = Source::open(file).value();
  CHECK(labels(quoted, &faults).size() == 1);
  CHECK(warning(quoted, faults) == "1 line of " + file.string() +
                                       " is no record and was skipped: line 1 (quoted fields); save it "
                                       "without quotes around the fields");
}

TEST_CASE("records keep their numbers and places over the borders of blocks") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  std::string content;
  std::vector<std::uint64_t> offsets;
  for (int i = 0; i < 4000; ++i) {
    if (i % 1000 == 500) content += std::string(270000, 'z') + "\n";
    offsets.push_back(content.size());
    content +=
        record({{3, std::to_string(i)}, {43, std::string(static_cast<std::size_t>(i % 300), 'u')}}) + "\n";
  }
  testing::write(file, content);
  const auto source = Source::open(file).value();
  Reader reader(source);
  std::size_t i = 0;
  for (Line line; reader.next(line); ++i) {
    REQUIRE(field(line.text, 3) == std::to_string(i));
    REQUIRE(line.offset == offsets[i]);
    REQUIRE(line.number == i + 1 + (i + 500) / 1000);
  }
  CHECK(i == 4000);
  CHECK(reader.faults().count == 4);

  std::string together;
  Reader blocks(source);
  for (Block block; blocks.next_block(block);) {
    REQUIRE(content.compare(block.offset, block.text.size(), block.text) == 0);
    together += block.text;
  }
  CHECK(together.size() == content.size() - 4 * 270001);
}

TEST_CASE("a place that is no beginning of a record gives nothing") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto line = record({{3, "web01"}, {43, std::string(5000, 'u')}});
  testing::write(file, line + "\nbroken\n" + line);
  const auto source = Source::open(file).value();
  CHECK(source.record_at(0).value() == line);
  CHECK_FALSE(source.record_at(1).value());
  CHECK_FALSE(source.record_at(line.size() + 1).value());
  CHECK(source.record_at(line.size() + 8).value() == line);
  CHECK_FALSE(source.record_at(1U << 30U).value());
}

TEST_CASE("a file that is cut while it is read ends there") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  std::string content;
  for (int i = 0; i < 10000; ++i) content += record({{3, "web"}}) + "\n";
  testing::write(file, content);
  const auto source = Source::open(file).value();
  Reader reader(source);
  Line line;
  REQUIRE(reader.next(line));
  REQUIRE(::truncate(file.c_str(), 100) == 0);
  std::size_t rest = 0;
  while (reader.next(line)) ++rest;
  CHECK(rest < 10000);
  CHECK(reader.status());
  CHECK(source.stamp_now().value() != source.stamp());
}

TEST_CASE("what cannot be read is an error with the file's name") {
  const Folder folder;
  CHECK(Source::open(folder / "none").error().summary == "cannot read " + (folder / "none").string());
  CHECK(Source::open(folder.path()).error().why == "it is not a regular file");
  CHECK(Source::open("/dev/zero").error().code == Exit::usage);
}
