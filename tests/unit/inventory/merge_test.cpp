// Lines from records, and what a scan changes in a file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/merge.hpp"

#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "unit/inventory/fixture.hpp"

using namespace ctys::inventory;
using ctys::Field;
using ctys::inventory::testing::Folder;
using ctys::inventory::testing::record;

namespace {

constexpr const char* kSeen = "2026-11-21T12:00:00Z";
constexpr const char* kUri = "qemu:///system";

struct Machine {
  std::string label = "web01";
  std::string id = "/etc/libvirt/qemu/web01.xml";
  std::string uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  std::string mac = "52:54:00:00:00:01";
  std::string tcp = {};
  std::string context = kUri;
  std::string host = "lab01";
  std::string type = "QEMU";
  std::string seen = {};
  std::string interface = {};
};
std::string line(const Machine& m) {
  return record({{1, m.host},
                 {2, m.type},
                 {3, m.label},
                 {4, m.id},
                 {5, m.uuid},
                 {6, m.mac},
                 {7, m.tcp},
                 {32, m.seen},
                 {33, m.interface},
                 {42, m.context},
                 {44, "root"}});
}

struct Merged {
  std::string text;
  std::string words;
};
Merged merged(
    const std::string& old, std::vector<Scanned> records, MergeMode mode,
    std::function<bool(std::string_view)> is_reached = [](std::string_view) { return true; }) {
  const Folder folder;
  testing::write(folder / "enum.fdb", old);
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  const auto merge = plan_merge(&*source, {std::move(records), kSeen, mode, std::move(is_reached)}, "LAB01");
  REQUIRE(merge);
  Merged result;
  REQUIRE(write_merge(&*source, *merge, [&](std::string_view piece) -> ctys::Result<void> {
    result.text += piece;
    return {};
  }));
  using Kind = RecordChange::Kind;
  result.words = std::to_string(merge->count(Kind::added)) + " new, " +
                 std::to_string(merge->count(Kind::changed)) + " changed, " + std::to_string(merge->same) +
                 " same, " + std::to_string(merge->count(Kind::gone)) + " gone, " +
                 std::to_string(merge->count(Kind::kept)) + " kept, " + std::to_string(merge->others) +
                 " others";
  return result;
}
std::string seen(Machine m) {
  m.seen = kSeen;
  return line(m);
}

}  // namespace

TEST_CASE("whatever stands in a field, the line stays one record") {
  ctys::model::Record machine;
  std::string noise;
  for (int c = 0; c < 256; ++c) noise += static_cast<char>(c);
  machine.set(Field::host, "# lab").set(Field::label, "a;b\nc\td").set(Field::user_string, noise);
  machine.set(Field::id, std::string(100000, 'x'))
      .set(Field::tcp, "caf\xc3\xa9")
      .set(Field::os, "\xe2\x80\xa8");
  const auto made = line_of(machine, kSeen);
  CHECK(check(made) == Defect::none);
  CHECK(field(made, 1) == "_ lab");
  CHECK(field(made, 3) == "a,b c d");
  CHECK(field(made, 4).size() == 4096);
  CHECK(field(made, 7) == "caf\xc3\xa9");
  CHECK(field(made, 14).empty());
  CHECK(field(made, 32) == kSeen);
  CHECK(record_of(made).get(Field::seen) == kSeen);
  CHECK(record_of(made).get(Field::index).empty());
}

TEST_CASE("47 long fields are cut to one line, and no character in two") {
  ctys::model::Record machine;
  std::string word;
  for (int i = 0; i < 5000; ++i) word += "\xe2\x82\xac";
  for (std::uint32_t at = 1; at <= ctys::kInventoryFields; ++at) machine.set(static_cast<Field>(at), word);
  CHECK(check(line_of(machine, kSeen)) == Defect::none);
}

TEST_CASE("times are written and read back, ages are told") {
  CHECK(seen_text(1795262400) == kSeen);
  CHECK(seen_time(kSeen) == 1795262400);
  for (const auto* text : {"", "12", "2026-13-21T12:00:00Z", "2026-11-21 12:00:00Z", "2026-11-21T12:00:00+",
                           "2026-11-21T25:00:00Z"})
    CHECK(!seen_time(text));
  CHECK(age_text(kSeen, 1795262400) == "just now");
  CHECK(age_text(kSeen, 1795262400 + 300) == "5 min");
  CHECK(age_text(kSeen, 1795262400 + 3 * 86400) == "3 days");
  CHECK(age_text("7", 1795262400) == "unknown");
}

TEST_CASE("a scan adds, changes, and brings the time of the rest up to date") {
  const Machine web;
  Machine db{.label = "db01", .id = "/etc/libvirt/qemu/db01.xml", .uuid = "2", .mac = "52:54:00:00:00:02"};
  auto renamed = db;
  renamed.label = "db02";
  Machine fresh{.label = "new", .id = "/etc/libvirt/qemu/new.xml", .uuid = "3", .mac = "52:54:00:00:00:03"};
  const auto result = merged("# mine\n" + line(web) + "\nno record\n" + line(db) + "\n",
                             {{line(renamed)}, {line(fresh)}, {line(web)}}, MergeMode::append);
  CHECK(result.words == "1 new, 1 changed, 1 same, 0 gone, 0 kept, 0 others");
  CHECK(result.text == "# mine\n" + seen(web) + "\nno record\n" + seen(renamed) + "\n" + seen(fresh) + "\n");
}

TEST_CASE("--append empties no field about which the scan says nothing, --replace does") {
  const Machine web;
  const auto by_hand = [](const char* seen, const char* label) {
    return record({{1, "lab01"},
                   {2, "QEMU"},
                   {3, label},
                   {4, "/etc/libvirt/qemu/web01.xml"},
                   {5, Machine{}.uuid},
                   {6, Machine{}.mac},
                   {7, "192.0.2.1"},
                   {19, "TEMPLATE"},
                   {32, seen},
                   {36, "192.0.2.254"},
                   {42, kUri},
                   {43, "of Ada"},
                   {44, "root"}});
  };
  const auto old = by_hand("", "web01") + "\n";
  const auto same = merged(old, {{line(web)}}, MergeMode::append);
  CHECK(same.text == by_hand(kSeen, "web01") + "\n");
  CHECK(same.words == "0 new, 0 changed, 1 same, 0 gone, 0 kept, 0 others");
  const auto renamed = merged(old, {{line({.label = "shop"})}}, MergeMode::append);
  CHECK(renamed.text == by_hand(kSeen, "shop") + "\n");
  CHECK(renamed.words == "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
  CHECK(merged(old, {{line(web)}}, MergeMode::replace).text == seen(web) + "\n");
}

TEST_CASE("what a scan observes, and what belongs to another interface, does not outlive it") {
  const auto known =
      record({{6, "52:54:00:00:00:01"}, {7, "192.0.2.1"}, {8, "3"}, {9, "5903"}, {14, "Linux"}});
  const auto field_of = [&](const std::string& mac, std::size_t number) {
    return std::string(field(completed(record({{6, mac}}), known), number));
  };
  CHECK(field_of("52-54-00-00-00-01", 7) == "192.0.2.1");
  CHECK(field_of("52:54:00:00:00:01", 8).empty());
  CHECK(field_of("52:54:00:00:00:01", 9).empty());
  CHECK(field_of("52:54:00:00:00:02", 7).empty());
  CHECK(field_of("52:54:00:00:00:02", 14) == "Linux");
  CHECK(field_of("", 6) == "52:54:00:00:00:01");
  CHECK(field_of("", 7) == "192.0.2.1");
}

TEST_CASE("two long records of one machine make a record that can be read") {
  ctys::model::Record odd;
  ctys::model::Record even;
  for (std::uint32_t number = 10; number <= 28; ++number)
    (number % 2 == 0 ? even : odd).set(static_cast<Field>(number), std::string(4096, 'x'));
  const auto made = completed(line_of(odd, kSeen), line_of(even, {}));
  CHECK(check(made) == Defect::none);
  CHECK(field(made, 12).size() == 1024);
}

TEST_CASE("what is gone goes with --replace only, and only when the scan would have found it") {
  const Machine web{.seen = "2026-11-01T12:00:00Z"};
  const auto old = line(web) + "\n";
  CHECK(merged(old, {}, MergeMode::append).text == old);
  CHECK(merged(old, {}, MergeMode::replace).text.empty());
  const auto partial = merged(old, {}, MergeMode::replace, [](std::string_view) { return false; });
  CHECK(partial.text == old);
  CHECK(partial.words == "0 new, 0 changed, 0 same, 0 gone, 1 kept, 0 others");
  // lab01 may be this host, and may be another one.
  const auto elsewhere = line({.host = "lab01.example.org", .seen = "2026-11-01T12:00:00Z"}) + "\n";
  CHECK(merged(elsewhere, {}, MergeMode::replace).text == elsewhere);
}

TEST_CASE("records of other hosts, and lines that are no records, are copied byte by byte") {
  const Machine other{.host = "lab02"};
  const Machine web;
  const auto old = line(other) + "\r\n;;broken\r\n" + line(web);
  const auto result = merged(old, {{line(web)}}, MergeMode::replace);
  CHECK(result.text == line(other) + "\r\n;;broken\r\n" + seen(web));
  CHECK(result.words == "0 new, 0 changed, 1 same, 0 gone, 0 kept, 1 others");
  Machine fresh{.label = "new", .uuid = "3"};
  CHECK(merged(old, {{line(web)}, {line(fresh)}}, MergeMode::replace).text ==
        line(other) + "\r\n;;broken\r\n" + seen(web) + "\r\n" + seen(fresh) + "\r\n");
}

TEST_CASE("a UUID in another spelling, a new address and a new name are the same machine") {
  const Machine old{.uuid = "6BA7B8109DAD11D180B400C04FD430C8", .tcp = "192.0.2.1"};
  const Machine now{.label = "shop", .tcp = "192.0.2.2"};
  CHECK(merged(line(old) + "\n", {{line(now)}}, MergeMode::replace).words ==
        "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
}

TEST_CASE("the interfaces of a machine are told apart, however they come") {
  Machine a{.mac = "52:54:00:00:00:0a", .interface = "0"};
  Machine b{.mac = "52:54:00:00:00:0b", .interface = "1"};
  Machine c{.mac = "52:54:00:00:00:0c", .interface = "2"};
  const auto old = line(a) + "\n" + line(b) + "\n";
  CHECK(merged(old, {{line(b)}, {line(a)}}, MergeMode::replace).text == seen(a) + "\n" + seen(b) + "\n");
  const auto exchanged = merged(old, {{line(c)}, {line(b)}}, MergeMode::replace);
  CHECK(exchanged.text == seen(c) + "\n" + seen(b) + "\n");
  CHECK(exchanged.words == "0 new, 1 changed, 1 same, 0 gone, 0 kept, 0 others");
}

TEST_CASE("the same UUID in a user's session and in the system is two machines") {
  const Machine system;
  const Machine session{.context = "qemu:///session"};
  const auto result = merged(line(session) + "\n", {{line(system)}}, MergeMode::append);
  CHECK(result.words == "1 new, 0 changed, 0 same, 0 gone, 1 kept, 0 others");
}

TEST_CASE("a connection that is spelled otherwise makes no other machine") {
  for (const auto* uri :
       {"qemu+unix:///system", "qemu:////system", "qemu:///system?socket=/run/libvirt.sock"}) {
    const Machine old{.context = uri};
    CHECK(merged(line(old) + "\n", {{line(Machine{})}}, MergeMode::append).words ==
          "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
  }
  // Where both are there, each stays what it is.
  const Machine one{.label = "one", .context = "test:///a.xml"};
  const Machine two{.label = "two", .context = "test:///b.xml"};
  const auto both =
      merged(line(two) + "\n" + line(one) + "\n", {{line(one)}, {line(two)}}, MergeMode::append);
  CHECK(both.text == seen(two) + "\n" + seen(one) + "\n");
}

TEST_CASE("the mark of a file of UTF-8 stays in front of it") {
  const Machine old{.label = "old"};
  const std::string mark = "\xEF\xBB\xBF";
  const auto result = merged(mark + line(old) + "\n", {{line(Machine{})}}, MergeMode::append);
  CHECK(result.text == mark + seen(Machine{}) + "\n");
  CHECK(result.words == "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
}

TEST_CASE("records of the original without UUID and connection are known by their path") {
  const Machine old{.uuid = "", .context = "private"};
  const auto result = merged(line(old) + "\n", {{line(Machine{})}}, MergeMode::append);
  CHECK(result.words == "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
  const Machine elsewhere{.id = "/vm/other.ctys", .uuid = "", .context = ""};
  CHECK(merged(line(elsewhere) + "\n", {{line(Machine{})}}, MergeMode::append).words ==
        "1 new, 0 changed, 0 same, 0 gone, 1 kept, 0 others");
}

TEST_CASE("43 fields become 47 when a record is written again, and stay 43 otherwise") {
  const auto old = record({{1, "lab01"}, {2, "QEMU"}, {4, "/vm/a.ctys"}}, kFieldsBefore);
  CHECK(merged(old + "\n", {}, MergeMode::append).text == old + "\n");
  const Machine now{.id = "/vm/a.ctys"};
  CHECK(merged(old + "\n", {{line(now)}}, MergeMode::append).text == seen(now) + "\n");
}

TEST_CASE("a machine in an unwanted state is not added, and brought up to date where it is known") {
  const Machine web;
  CHECK(merged("", {{line(web), false}}, MergeMode::append).text.empty());
  CHECK(merged(line(web) + "\n", {{line(web), false}}, MergeMode::replace).text == seen(web) + "\n");
}

TEST_CASE("what differs is told by the names of the fields") {
  Machine now{.label = "shop", .tcp = "192.0.2.1", .seen = kSeen};
  CHECK(difference(line(Machine{}), line(now)) == "Label web01 -> shop, TCP - -> 192.0.2.1");
}

TEST_CASE("a scan has reached what its connections and folders hold, and nothing else") {
  Reach reach;
  reach.user = "ada";
  reach.types = {"QEMU"};
  reach.connections = {{"QEMU", kUri}, {"QEMU", "qemu:///session"}};
  reach.bases = {"/vm/"};
  reach.unread = {"/vm/torn.ctys", "/vm/locked"};
  const auto is_reached = [&](const Machine& m) { return reached(reach, line(m)); };
  CHECK(is_reached({}));
  CHECK(is_reached({.id = ""}));
  CHECK(is_reached({.type = "qemu"}));
  CHECK(!is_reached({.type = "XEN"}));
  CHECK(!is_reached({.context = "qemu+ssh://lab/system"}));
  CHECK(!is_reached({.context = ""}));
  CHECK(!is_reached({.context = "qemu:///session"}));  // root's, not ada's
  CHECK(is_reached({.id = "/vm/a/a.ctys"}));
  CHECK(!is_reached({.id = "/vm/torn.ctys"}));
  CHECK(!is_reached({.id = "/vm/locked/a/a.ctys"}));
  CHECK(is_reached({.id = "/vm/locked2/a.ctys"}));
  reach.connections.push_back({"QEMU", "test:////else/domains.xml"});
  CHECK(is_reached({.id = "/else/domains.xml", .context = "test:////else/domains.xml"}));
  CHECK(!is_reached({.id = "/vm/torn.ctys"}));
  CHECK(!is_reached({.id = "/vm/.old/a.ctys"}));
  CHECK(!is_reached({.id = "/vmware/a.ctys"}));
  CHECK(!is_reached({.id = "/else/a.ctys"}));
  CHECK(!is_reached({.id = "/else/deleted.ctys"}));  // or on a share that is not mounted
}

TEST_CASE("a record without a type is that of the machine with its UUID") {
  Machine old;
  old.type = {};
  for (const auto mode : {MergeMode::append, MergeMode::replace}) {
    const auto result = merged(line(old) + "\n", {{line({})}}, mode);
    CHECK(result.text == seen({}) + "\n");
    CHECK(result.words == "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
  }
  // One that has the type is surer.
  const auto both = merged(line(old) + "\n" + line({}) + "\n", {{line({})}}, MergeMode::append);
  CHECK(both.words == "0 new, 0 changed, 1 same, 0 gone, 1 kept, 0 others");
}

TEST_CASE("a record of no more than a label is completed where one machine has that label") {
  const auto by_hand = [](Machine m) {
    m.id = m.uuid = m.context = {};
    return line(m);
  };
  const Machine now{.mac = "52:54:00:00:00:01", .tcp = "10.0.0.1"};
  const std::string filled = "0 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others";
  const std::string beside = "1 new, 0 changed, 0 same, 0 gone, 1 kept, 0 others";
  const auto words = [&](const Machine& old, MergeMode mode = MergeMode::append) {
    return merged(by_hand(old) + "\n", {{line(now)}}, mode, [](std::string_view) { return false; }).words;
  };
  for (const auto* type : {"", "QEMU", "qemu"})
    for (const auto* mac : {"", "52:54:00:00:00:01", "52-54-00-00-00-01"})
      for (const auto* tcp : {"", "10.0.0.1"}) {
        INFO(type << ' ' << mac << ' ' << tcp);
        const Machine old{.mac = mac, .tcp = tcp, .type = type};
        const auto result = merged(by_hand(old) + "\n", {{line(now)}}, MergeMode::append);
        CHECK(result.text == seen(now) + "\n");
        CHECK(result.words == filled);
        CHECK(merged(result.text, {{line(now)}}, MergeMode::append).text == result.text);
      }
  CHECK(words({.mac = now.mac, .tcp = "10.0.0.9", .type = {}}) ==
        filled);  // an address may be another one later
  // Something speaks against it, or nothing for it.
  CHECK(words({.mac = "52:54:00:00:00:09", .type = {}}) == beside);
  CHECK(words({.mac = {}, .tcp = "10.0.0.9", .type = {}}) == beside);
  CHECK(words({.label = "web02", .mac = {}, .type = {}}) == beside);
  CHECK(words({.mac = {}, .type = "XEN"}) == beside);
  CHECK(words({.mac = {}, .type = "PM"}) == beside);
  CHECK(words({.label = {}, .mac = {}, .type = {}}) == beside);
  // It would lose what somebody wrote.
  CHECK(words({.mac = {}, .type = {}}, MergeMode::replace) == beside);
}

TEST_CASE("where a label means several, a record of no more than that stays as it is") {
  Machine bare;
  bare.id = bare.uuid = bare.context = bare.type = bare.mac = {};
  Machine first;
  Machine second;
  second.uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c9";
  second.mac = "52:54:00:00:00:02";
  const auto words = [](const std::string& old, std::vector<Scanned> records) {
    return merged(old, std::move(records), MergeMode::append).words;
  };
  CHECK(words(line(bare) + "\n", {{line(first)}, {line(second)}}) ==
        "2 new, 0 changed, 0 same, 0 gone, 1 kept, 0 others");
  CHECK(words(line(bare) + "\n" + line(bare) + "\n", {{line(first)}}) ==
        "1 new, 0 changed, 0 same, 0 gone, 2 kept, 0 others");
  CHECK(words(line(bare) + "\n" + line(second) + "\n", {{line(first)}}) ==
        "1 new, 0 changed, 0 same, 0 gone, 2 kept, 0 others");
  CHECK(words(line(bare) + "\n" + line(first) + "\n", {{line(first)}}) ==
        "0 new, 0 changed, 1 same, 0 gone, 1 kept, 0 others");
  // The interfaces of one machine are no several ones, and each of two records has its own.
  second.uuid = first.uuid;
  CHECK(words(line(bare) + "\n", {{line(first)}, {line(second)}}) ==
        "1 new, 1 changed, 0 same, 0 gone, 0 kept, 0 others");
  Machine other = bare;
  other.mac = second.mac;
  bare.mac = first.mac;
  CHECK(words(line(bare) + "\n" + line(other) + "\n", {{line(first)}, {line(second)}}) ==
        "0 new, 2 changed, 0 same, 0 gone, 0 kept, 0 others");
}
