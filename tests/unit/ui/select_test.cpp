// Tests of filters, patterns and sorting.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/select.hpp"

#include "unit/ui/samples.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using ctys::Field;
using ctys::model::Filter;
using ctys::model::Format;
using ctys::model::Layout;
using ctys::model::Output;
using ctys::model::Record;
using ctys::model::Sort;
using ctys::ui::Glob;
using ctys::ui::matching;
using ctys::ui::render;

namespace {

Record machine(const std::string& label, const std::string& type, const std::string& state) {
  Record r;
  r.set(Field::label, label).set(Field::type, type).set(Field::state, state);
  return r;
}

std::string labels(const std::vector<Record>& records, const std::vector<Filter>& filters) {
  std::string all;
  for (const auto* record : matching(records, filters)) all += record->get(Field::label) + ' ';
  return all;
}

// "b 2\na 10\n" as the terse output of label and vcpu, sorted.
std::string sorted(const std::vector<std::pair<std::string, std::string>>& rows, const Sort& sort) {
  std::vector<Record> records;
  for (const auto& [label, cpus] : rows)
    records.push_back(Record().set(Field::label, label).set(Field::vcpu, cpus));
  Output output;
  output.format = Format::terse;
  output.columns = {{Field::label, "", 0, {}}, {Field::vcpu, "", 0, {}}};
  output.sort = sort;
  return render(Layout::list, records, {}, output, samples::pipe());
}

}  // namespace

TEST_CASE("a pattern without star is the whole text, whatever its case") {
  CHECK(Glob("QEMU").matches("qemu"));
  CHECK_FALSE(Glob("QEM").matches("QEMU"));
  CHECK_FALSE(Glob("QEMUX").matches("QEMU"));
  CHECK(Glob("").matches(""));
  CHECK_FALSE(Glob("").matches("x"));
}

TEST_CASE("a star stands for any text, none included") {
  CHECK(Glob("web*").matches("web"));
  CHECK(Glob("web*").matches("WEB01"));
  CHECK_FALSE(Glob("web*").matches("aweb"));
  CHECK(Glob("*01").matches("web01"));
  CHECK(Glob("*").matches(""));
  CHECK(Glob("**").matches("x"));
  CHECK(Glob("a*b*c").matches("aXbYc"));
  CHECK(Glob("a*b*c").matches("abbbc"));
  CHECK_FALSE(Glob("a*b*c").matches("acb"));
  CHECK_FALSE(Glob("ab*ba").matches("aba"));
  CHECK(Glob("*aab*").matches("aaab"));
  CHECK(Glob("*abab*cd*").matches("xxabaababyycdz"));
  CHECK_FALSE(Glob("*abab*abab*").matches("ababab"));
  CHECK(Glob("*東*").matches("x東y"));
}

TEST_CASE("a hostile pattern takes no longer than its length") {
  std::string pattern;
  for (int i = 0; i < 5'000; ++i) pattern += "a*";
  pattern += "b";
  const std::string text(10'000, 'a');
  const auto begin = std::chrono::steady_clock::now();
  const Glob glob(pattern);
  for (int i = 0; i < 20; ++i) CHECK_FALSE(glob.matches(text));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("all terms of a filter must hold") {
  const std::vector<Record> all{machine("web01", "QEMU", "running"), machine("web02", "QEMU", "stopped"),
                                machine("db01", "XEN", "running")};
  CHECK(labels(all, {}) == "web01 web02 db01 ");
  CHECK(labels(all, {{Field::type, "qemu"}}) == "web01 web02 ");
  CHECK(labels(all, {{Field::type, "qemu"}, {Field::state, "running"}}) == "web01 ");
  CHECK(labels(all, {{Field::label, "*01"}}) == "web01 db01 ");
  CHECK(labels(all, {{Field::state, "run"}}).empty());
  CHECK(labels(all, {{Field::uuid, ""}}) == "web01 web02 db01 ");
}

TEST_CASE("a bare word is looked for in every field") {
  const std::vector<Record> all{machine("web01", "QEMU", "running"), machine("db01", "XEN", "crashed")};
  CHECK(labels(all, {{std::nullopt, "EB0"}}) == "web01 ");
  CHECK(labels(all, {{std::nullopt, "cr*ed"}}) == "db01 ");
  CHECK(labels(all, {{std::nullopt, "nothing"}}).empty());
}

TEST_CASE("an address is found in any spelling, and so is a part of it") {
  const std::vector<Record> all{machine("web01", "QEMU", "running")
                                    .set(Field::mac, "52:54:00:AB:cd:ef")
                                    .set(Field::uuid, "8f1d6c3e-2a54-4f0b-9b0e-6f2f6c1a0002"),
                                machine("db01", "XEN", "crashed")};
  for (const auto* word : {"52:54:00", "52-54-00-ab", "5254.00ab", "525400", "52-54-00-ab-cd-ef",
                           "8F1D6C3E2A54", "8f1d6c3e-2a54"})
    CHECK(labels(all, {{std::nullopt, word}}) == "web01 ");
  CHECK(labels(all, {{Field::mac, "52-54-00*"}}) == "web01 ");
  CHECK(labels(all, {{Field::mac, "525400abcdef"}}) == "web01 ");
  CHECK(labels(all, {{Field::uuid, "8f1d6c3e2a54*"}}) == "web01 ");
  CHECK(labels(all, {{Field::mac, ""}}) == "db01 ");
  CHECK(labels(all, {{Field::mac, "*"}}) == "web01 db01 ");
  CHECK(labels(all, {{std::nullopt, "54:00:ac"}}).empty());
}

TEST_CASE("an operating system is found by the beginning of its name or of its distribution's") {
  Record debian = machine("a", "QEMU", "running");
  debian.set(Field::os, "Linux").set(Field::dist, "Debian GNU/Linux 12");
  Record darwin = machine("b", "QEMU", "running");
  darwin.set(Field::os, "Darwin");
  const std::vector<Record> all{debian, darwin};
  CHECK(labels(all, {{Field::os, "debian"}}) == "a ");
  CHECK(labels(all, {{Field::os, "linux"}}) == "a ");
  CHECK(labels(all, {{Field::os, "win"}}).empty());
  CHECK(labels(all, {{Field::os, "dar*"}}) == "b ");
}

TEST_CASE("sorting takes whole lines, or the columns from the key on") {
  Sort sort;
  sort.on = true;
  CHECK(sorted({{"b", "2"}, {"a", "9"}, {"a", "10"}}, sort) == "a;10\na;9\nb;2\n");
  sort.key = "2";
  CHECK(sorted({{"b", "2"}, {"a", "9"}, {"c", "10"}}, sort) == "c;10\nb;2\na;9\n");
  sort.key = "2n";
  CHECK(sorted({{"a", "10"}, {"b", "2"}, {"c", "9"}}, sort) == "b;2\nc;9\na;10\n");
  sort.reverse = true;
  CHECK(sorted({{"b", "2"}, {"c", "9"}, {"a", "10"}}, sort) == "a;10\nc;9\nb;2\n");
}

TEST_CASE("unique drops what has the same key") {
  Sort sort;
  sort.unique = true;
  CHECK(sorted({{"b", "1"}, {"a", "1"}, {"b", "1"}}, sort) == "a;1\nb;1\n");
  sort.key = "1,1";
  CHECK(sorted({{"b", "2"}, {"b", "1"}, {"a", "1"}}, sort) == "a;1\nb;2\n");
}

TEST_CASE("a key that is no column number sorts whole lines") {
  Sort sort;
  sort.key = "x\xff";
  CHECK(sorted({{"b", "2"}, {"a", "1"}}, sort) == "a;1\nb;2\n");
  sort.key = "99999999999999999999";
  CHECK(sorted({{"b", "2"}, {"a", "1"}}, sort) == "a;1\nb;2\n");
  sort.key = "7";
  CHECK(sorted({{"b", "2"}, {"a", "1"}}, sort) == "b;2\na;1\n");
}

TEST_CASE("without SORT sessions stand by host, type and label, results as they came") {
  const std::vector<Record> all{machine("b", "QEMU", "x"), machine("c", "CLI", "x"),
                                machine("a", "QEMU", "x")};
  Output output;
  output.format = Format::terse;
  output.columns = {{Field::label, "", 0, {}}};
  CHECK(render(Layout::list, all, {}, output, samples::pipe()) == "c\na\nb\n");
  CHECK(render(Layout::result, all, {}, output, samples::pipe()) == "b\nc\na\n");
}
