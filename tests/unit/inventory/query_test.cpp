// The query language: what is read, and that it gives what its definition says, step by step.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/query.hpp"

#include "base/text.hpp"
#include "inventory/copy.hpp"
#include "inventory/scan.hpp"
#include "model/schema.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace ctys;
using namespace ctys::inventory;

namespace {

using Words = std::vector<std::string>;

using testing::record;

bool matches(const Words& words, const std::string& line, std::uint64_t number = 1, Keys keys = Keys::no) {
  const auto query = parse_query(words, keys);
  REQUIRE(query);
  return holds(*query, line, number);
}

std::string refused(const Words& words) {
  const auto query = parse_query(words);
  REQUIRE_FALSE(query);
  CHECK(query.error().code == Exit::usage);
  return query.error().summary + " / " + query.error().why;
}

const std::string kWeb =
    record({{1, "lab00"}, {2, "QEMU"}, {3, "web01"}, {7, "10.0.0.1"}, {28, "web01.lab00.net"}});

// --- the definition, as simple as it can be said
// -------------------------------------------------------------------

struct NaiveRecord {
  std::string line;
  std::uint64_t number = 0;
};

bool naive_term(const std::string& word, const NaiveRecord& record) {
  std::vector<std::string> cells;
  std::istringstream rest(record.line);
  for (std::string cell; std::getline(rest, cell, ';');) cells.push_back(cell);
  cells.resize(kFields);
  const auto number_behind = [&](std::size_t at) { return std::stoul(word.substr(at)); };
  if (word.starts_with("F:")) {
    const auto colon = word.find(':', 2);
    return cells[number_behind(2) - 1].find(word.substr(colon + 1)) != std::string::npos;
  }
  if (word.starts_with("E:")) {
    const auto colon = word.find(':', 2);
    return cells[number_behind(2) - 1].find(cells[number_behind(colon + 1) - 1]) != std::string::npos;
  }
  if (word.starts_with("R:")) {
    const auto colon = word.find(':', 2);
    const auto last = colon == std::string::npos ? number_behind(2) : number_behind(colon + 1);
    return record.number >= number_behind(2) && record.number <= last;
  }
  return word == "." || record.line.find(word) != std::string::npos;
}

// Terms from left to right on a working set: blank or AND filters it, OR adds what the term finds in the set
// that the last AND step had before it; NOT turns the next term round.
std::vector<NaiveRecord> naive_query(std::vector<NaiveRecord> all, const Words& words) {
  auto set = std::move(all);
  auto before = set;  // what the last AND step started from
  bool adds = false;
  bool negated = false;
  for (const auto& word : words) {
    if (word == "NOT") {
      negated = true;
    } else if (word == "OR") {
      adds = true;
    } else if (word != "AND") {
      std::vector<NaiveRecord> found;
      for (const auto& one : adds ? before : set)
        if (naive_term(word, one) != negated) found.push_back(one);
      if (adds) {
        set.insert(set.end(), found.begin(), found.end());
      } else {
        before = std::move(set);
        set = std::move(found);
      }
      adds = negated = false;
    }
  }
  return set;
}

Words random_query(generator::Random& random) {
  static const std::array<std::string, 20> kTerms{
      "web01", "host1", "lab", "10.0.0.1", ".",        "F:3:web", "F:1:host0", "F:7:10", "E:28:1", "E:3:4",
      "R:3",   "R:2:9", "x",   "00",       "F:43:uuu", "Gr",      "F:28:lab",  "a",      "F:2:",   "E:1:1"};
  Words words;
  for (auto terms = 1 + random.below(6); terms > 0; --terms) {
    if (!words.empty() && random.one_in(2)) words.emplace_back(random.one_in(2) ? "OR" : "AND");
    if (random.one_in(4)) words.emplace_back("NOT");
    words.push_back(random.of(kTerms));
  }
  return words;
}

std::vector<NaiveRecord> records_of(const std::string& content) {
  std::vector<NaiveRecord> records;
  std::istringstream in(content);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (check(line) == Defect::none) records.push_back({line, records.size() + 1});
  }
  return records;
}

}  // namespace

TEST_CASE("OR binds tighter than AND") {
  CHECK(matches({"lab00", "AND", "nowhere", "OR", "web01", "AND", "QEMU"}, kWeb));
  CHECK_FALSE(matches({"lab00", "AND", "web01", "OR", "nowhere", "AND", "XEN"}, kWeb));
  CHECK_FALSE(matches({"nowhere", "and", "web01", "or", "QEMU"}, kWeb));
}

TEST_CASE("NOT turns the next term round and no other") {
  CHECK(matches({"NOT", "nowhere", "web01"}, kWeb));
  CHECK_FALSE(matches({"not", "web01"}, kWeb));
  CHECK(matches({"lab00", "OR", "not", "lab00"}, kWeb));
  CHECK_FALSE(matches({"NOT", "."}, kWeb));
  CHECK(matches({"F:3:."}, kWeb));
  CHECK_FALSE(matches({"F:9:."}, kWeb));
  CHECK(matches({"F:9:"}, kWeb));
}

TEST_CASE("fields have numbers and names, in any case") {
  CHECK(matches({"F:3:^web"}, kWeb));
  CHECK(matches({"f:label:01$"}, kWeb));
  CHECK_FALSE(matches({"F:2:^web"}, kWeb));
  CHECK(matches({"E:28:1"}, kWeb));
  CHECK(matches({"e:netname:label"}, kWeb));
  CHECK_FALSE(matches({"E:1:28"}, kWeb));
  CHECK(matches({"E:1:47"}, kWeb));  // an empty text is a part of everything
}

TEST_CASE("records have numbers") {
  CHECK(matches({"R:5"}, kWeb, 5));
  CHECK_FALSE(matches({"R:5"}, kWeb, 6));
  CHECK(matches({"R:5:7"}, kWeb, 6));
}

TEST_CASE("a key is exact, and a regular expression where keys are not asked for") {
  CHECK(matches({"label:web01"}, kWeb, 1, Keys::yes));
  CHECK_FALSE(matches({"label:web"}, kWeb, 1, Keys::yes));
  CHECK(matches({"t:10.0.0.1", "host:lab00"}, kWeb, 1, Keys::yes));
  CHECK_FALSE(matches({"label:web01"}, kWeb));
}

TEST_CASE("what cannot be read is refused with the word") {
  CHECK_THAT(refused({"web", "AND"}), Catch::Contains("'AND'"));
  CHECK_THAT(refused({"OR", "web"}), Catch::Contains("nothing stands in front"));
  CHECK_THAT(refused({"web", "AND", "OR", "db"}), Catch::Contains("two operators"));
  CHECK_THAT(refused({"NOT"}), Catch::Contains("'NOT'"));
  CHECK_THAT(refused({"NOT", "AND", "x"}), Catch::Contains("behind NOT"));
  CHECK_THAT(refused({"F:48:x"}), Catch::Contains("1 to 47"));
  CHECK_THAT(refused({"F:lable:x"}), Catch::Contains("no field"));
  CHECK_THAT(refused({"F:3"}), Catch::Contains("regular expression is missing"));
  CHECK_THAT(refused({"E:28"}), Catch::Contains("second field"));
  CHECK_THAT(refused({"R:0"}), Catch::Contains("from 1"));
  CHECK_THAT(refused({"R:9:1"}), Catch::Contains("backwards"));
  CHECK_THAT(refused({"R:x"}), Catch::Contains("no range"));
  CHECK_THAT(refused({"web", "a("}), Catch::Contains("'a('"));
  CHECK_THAT(refused(Words(kMaxTerms + 1, "x")), Catch::Contains("too long"));
}

TEST_CASE("a search compares columns with patterns") {
  const auto search = [](const Words& words, const std::string& line) {
    const auto query = parse_search(words);
    REQUIRE(query);
    return holds(*query, line, 1);
  };
  const auto line =
      record({{1, "lab00"}, {2, "QEMU"}, {3, "web01"}, {12, "Debian 12"}, {14, "Linux"}, {19, "ACTIVE"}});
  CHECK(search({"os:debian", "host:lab*", "state:active", "type:qemu"}, line));
  CHECK(search({"os:linux"}, line));
  CHECK_FALSE(search({"os:bian"}, line));
  CHECK_FALSE(search({"host:lab"}, line));
  CHECK(search({"LAB0"}, line));
  CHECK(search({"label:x*", "or", "label:web*"}, line));
}

TEST_CASE("a column that is none is answered with all that there are") {
  const auto query = parse_search(Words{"colour:red"});
  REQUIRE_FALSE(query);
  CHECK_THAT(query.error().fix, Catch::Contains("are state, ") && Catch::Contains("1 to 47"));
  for (const auto& column : model::columns(model::Layout::enumerate))
    CHECK_THAT(query.error().fix,
               Catch::Contains(text::lower(column.keywords.substr(0, column.keywords.find('|')))));
  CHECK_THAT(parse_query(Words{"F:state:x"}).error().fix, Catch::Contains("are pm, "));
}

TEST_CASE("a search finds addresses in any usual spelling") {
  const auto line = record({{5, "8f1d6c3e-2a54-4f0b-9b0e-6f2f6c1a0002"},
                            {6, "52:54:00:AB:cd:ef"},
                            {7, "fe80::1"},
                            {43, "at 5254.0000.0001"}});
  for (const auto* word :
       {"mac:52:54:00:ab:cd:ef", "mac:52-54-00-AB-CD-EF", "mac:5254.00ab.cdef", "mac:525400abcdef",
        "mac:52-54-00-ab*", "mac:52:54:*", "uuid:8F1D6C3E2A544F0B9B0E6F2F6C1A0002", "uuid:8f1d6c3e-*",
        "52:54:00:ab:cd:ef", "52-54-00-AB-CD-EF", "5254.00ab.cdef", "525400ABCDEF",
        "8F1D6C3E2A544F0B9B0E6F2F6C1A0002", "6f2f6c1a0002", "fe80::1", "FE80:0::0001", "tcp:fe80:0:0::1",
        "tcp:fe80::*", "5254.0000.0001"}) {
    CAPTURE(word);
    CHECK(holds(parse_search(Words{word}).value(), line, 1));
  }
  for (const auto* word : {"mac:52-54-00-AB-CD-EE", "52:54:00:00:00:01", "fe80::2", "mac:fe80::1"}) {
    CAPTURE(word);
    CHECK_FALSE(holds(parse_search(Words{word}).value(), line, 1));
  }
  CHECK(holds(parse_search(Words{"not", "mac:52-54-00-AB-CD-EE"}).value(), line, 1));
}

TEST_CASE("what is proposed is of the language that was written") {
  const auto fix = [](const Result<Query>& query) {
    REQUIRE_FALSE(query);
    return query.error().fix;
  };
  CHECK_THAT(fix(parse_query(Words{"a", "and"})), Catch::Contains("'.'"));
  CHECK_THAT(fix(parse_search(Words{"a", "and"})), Catch::Contains("'*'"));
  CHECK_THAT(fix(parse_search(Words{"or", "a"})), Catch::Contains("'*'"));
  CHECK_THAT(fix(parse_query(Words{"not", "not"})), Catch::Contains("[N]OT"));
  CHECK_THAT(fix(parse_search(Words{"not", "not"})), Catch::Contains("NOT*"));
  CHECK_THAT(fix(parse_search(Words{"nosuchfield:x"})), !Catch::Contains("["));
}

TEST_CASE("a word that names a group stands for its members") {
  const auto groups = [](const std::string& word) -> Result<std::optional<std::vector<Key>>> {
    if (word == "bad") return fail(Exit::usage, "a group that cannot be read");
    if (word != "lab") return std::nullopt;
    return std::vector<Key>{make_key(Kind::host, "lab00").value(), make_key("web02").value()};
  };
  const auto asked = [&](const Words& words, const std::string& line) {
    return holds(parse_query(words, Keys::no, groups).value(), line, 1);
  };
  CHECK(asked({"lab"}, record({{1, "lab00"}, {3, "web01"}})));
  CHECK(asked({"lab"}, record({{1, "lab01"}, {3, "web02"}})));
  CHECK_FALSE(asked({"lab"}, record({{1, "lab01"}, {3, "web01"}})));
  CHECK(asked({"not", "lab"}, record({{1, "lab01"}, {3, "web01"}})));
  CHECK_FALSE(asked({"lab", "web01"}, record({{1, "lab00"}, {3, "db"}})));
  CHECK_FALSE(parse_query(Words{"bad"}, Keys::no, groups));
  CHECK_THAT(explain(parse_query(Words{"lab"}, Keys::no, groups).value()),
             Catch::Contains("the group 'lab'"));
}

TEST_CASE("queries give what their definition gives, for random inventories") {
  generator::Random random(4711);
  for (int round = 0; round < 60; ++round) {
    const auto content = testing::random_inventory(random, 400 + random.below(30000));
    const testing::Folder folder;
    testing::write(folder / "enum.fdb", content);
    const auto source = Source::open(folder / "enum.fdb");
    REQUIRE(source);
    const auto records = records_of(content);
    for (int queries = 0; queries < 20; ++queries) {
      const auto words = random_query(random);
      const auto query = parse_query(words);
      REQUIRE(query);
      std::vector<std::string> found;
      const auto done = scan(std::span(&*source, 1), *query, {}, [&](const Selected& one) {
        found.emplace_back(one.line);
        return true;
      });
      REQUIRE(done);
      // The definition repeats records; the set of them in the order of the file is what is asked for here.
      auto expected = naive_query(records, words);
      std::sort(expected.begin(), expected.end(),
                [](const auto& a, const auto& b) { return a.number < b.number; });
      expected.erase(std::unique(expected.begin(), expected.end(),
                                 [](const auto& a, const auto& b) { return a.number == b.number; }),
                     expected.end());
      std::vector<std::string> lines;
      for (const auto& one : expected) lines.push_back(one.line);
      std::string text;
      for (const auto& word : words) text += word + " ";
      INFO("round " << round << ": " << text);
      CHECK((found == lines));
    }
  }
}

TEST_CASE("the inverted query gives the others") {
  generator::Random random(12);
  const auto content = testing::random_inventory(random, 40000);
  const testing::Folder folder;
  testing::write(folder / "enum.fdb", content);
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  const auto query = parse_query(Words{"web01", "OR", "10.0.0.1"});
  REQUIRE(query);
  std::size_t count = 0;
  for (const bool inverted : {false, true}) {
    ScanOptions options;
    options.inverted = inverted;
    REQUIRE(scan(std::span(&*source, 1), *query, options, [&](const Selected&) {
      ++count;
      return true;
    }));
  }
  CHECK(count == records_of(content).size());
}

TEST_CASE("a scan ends when its reader has seen enough") {
  generator::Random random(13);
  const testing::Folder folder;
  testing::write(folder / "enum.fdb", testing::random_inventory(random, 40000));
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  int count = 0;
  REQUIRE(scan(std::span(&*source, 1), {}, {}, [&](const Selected&) { return ++count < 3; }));
  CHECK(count == 3);
}

TEST_CASE("a copy gives every record once, in order, and nothing else") {
  generator::Random random(14);
  for (int round = 0; round < 20; ++round) {
    const auto content = testing::random_inventory(random, 1000 + random.below(600000));
    const testing::Folder folder;
    testing::write(folder / "enum.fdb", content);
    const auto source = Source::open(folder / "enum.fdb");
    REQUIRE(source);
    std::string copied;
    bool all_plain = true;
    REQUIRE(copy_records(std::span(&*source, 1), Addresses({}), [&](std::string_view text, bool plain) {
      copied += text;
      if (!plain) copied += '\n';
      for (const auto line : text::split(text, '\n')) all_plain &= !plain || text::is_printable(line);
      return true;
    }));
    CHECK(all_plain);
    std::string expected;
    for (const auto& one : records_of(content)) expected += one.line + '\n';
    CHECK((copied == expected));
  }
}

TEST_CASE("what is copied as it stands holds nothing that a terminal would take for something else") {
  const auto is_plain = [](const std::string& line) {
    const testing::Folder folder;
    testing::write(folder / "enum.fdb", line + "\n");
    const auto source = Source::open(folder / "enum.fdb");
    REQUIRE(source);
    bool found = false;
    REQUIRE(copy_records(std::span(&*source, 1), Addresses({}), [&](std::string_view text, bool plain) {
      found = plain && text == line + "\n";
      return true;
    }));
    return found;
  };
  CHECK_FALSE(is_plain("#" + record({{3, "web01"}})));
  CHECK_FALSE(is_plain(record({{3, "web01"}}, kFieldsBefore)));
  CHECK_FALSE(is_plain(record({{43, "a\x1b[31m"}})));
  CHECK_FALSE(is_plain(record({{43, "a\x7f"}})));
  CHECK(is_plain(record({{43, std::string(5000, 'x')}})));
  CHECK(is_plain(record({{43, "Grüße"}})));
  CHECK_FALSE(is_plain(record({{43, "Gr\xfc\xdf"}})));
  CHECK_FALSE(is_plain(record({{43, "\xe2\x80\xae"}})));
}

TEST_CASE("a query is explained in words") {
  const auto query = parse_query(Words{"x", "a", "OR", "NOT", "F:3:b", "E:28:1"});
  REQUIRE(query);
  CHECK(explain(*query) ==
        "records where the record matches 'x'\n"
        "and the record matches 'a', or not field 3 (Label) matches 'b'\n"
        "and field 28 (Netname) contains field 1 (ContainingMachine)\n");
  CHECK(explain(*parse_query(Words{"."})) == "every record\n");
}
