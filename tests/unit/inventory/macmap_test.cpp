// macmap.fdb: reading, writing, merging.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/macmap.hpp"

#include "unit/inventory/fixture.hpp"

using namespace ctys::inventory;

namespace {

constexpr const char* kFile =
    "# made by hand\n"
    "web01;52:54:00:00:00:01;192.0.2.1\n"
    "\n"
    "db01;52-54-00-00-00-0b;192.0.2.11\r\n"
    "broken;line\n"
    "web01;52:54:00:00:00:01;192.0.2.1\n"
    ";52:54:00:00:00:0c;";

Lease lease(std::string name, std::string mac, std::string ip) {
  return {std::move(name), std::move(mac), std::move(ip), kForever};
}

std::string words(const MacMerge& merge) {
  std::string text;
  for (const auto& change : merge.changes) {
    constexpr const char* kKinds[] = {"+", "~", "-"};
    text += kKinds[static_cast<int>(change.kind)];
    if (!change.before.mac.empty()) text += to_text(change.before);
    if (!change.after.mac.empty()) text += " " + to_text(change.after);
    text += "\n";
  }
  return text + "same " + std::to_string(merge.same) + ", kept " + std::to_string(merge.kept);
}

}  // namespace

TEST_CASE("rows are read once each, the MAC address in one spelling") {
  const auto macmap = parse_macmap(kFile);
  REQUIRE(macmap.rows.size() == 3);
  CHECK(macmap.rows[1] == MacRow{"db01", "52:54:00:00:00:0B", "192.0.2.11"});
  CHECK(macmap.broken == 1);
  CHECK(macmap.first_broken == 5);
  CHECK(to_text(macmap) ==
        "web01;52:54:00:00:00:01;192.0.2.1\ndb01;52:54:00:00:00:0B;192.0.2.11\n;52:54:00:00:00:0C;\n");
}

TEST_CASE("a map in which no row changes stays to the byte") {
  CHECK(to_text(parse_macmap(kFile), kFile) == kFile);
  for (const std::string text : {"", "\xEF\xBB\xBF", "\xEF\xBB\xBFweb;52:54:00:00:00:01;192.0.2.1\n", "# end",
                                 "a;52-54-00-00-00-01;\r\r\n\r"})
    CHECK(to_text(parse_macmap(text), text) == text);
}

TEST_CASE("of a map only the rows that change are written") {
  auto macmap = parse_macmap(kFile);
  const std::vector<Lease> leases{lease("db01", "52:54:00:00:00:0B", "192.0.2.12"),
                                  lease("new", "52:54:00:00:00:0D", "192.0.2.13")};
  (void)merge_leases(macmap, leases, MacMode::append);
  CHECK(to_text(macmap, kFile) ==
        "# made by "
        "hand\nweb01;52:54:00:00:00:01;192.0.2.1\n\ndb01;52:54:00:00:00:0B;192.0.2.12\r\nbroken;line\n"
        "web01;52:54:00:00:00:01;192.0.2.1\n;52:54:00:00:00:0c;\nnew;52:54:00:00:00:0D;192.0.2.13\n");
  (void)merge_leases(macmap, leases, MacMode::replace);
  CHECK(to_text(macmap, kFile) ==
        "# made by "
        "hand\n\ndb01;52:54:00:00:00:0B;192.0.2.12\r\nbroken;line\nnew;52:54:00:00:00:0D;192.0.2.13\n");
}

TEST_CASE("new rows end as those of the file do") {
  const std::string old = "# mine\r\na;52:54:00:00:00:01;192.0.2.1";
  auto macmap = parse_macmap(old);
  (void)merge_leases(macmap, std::vector{lease("b", "52:54:00:00:00:02", "192.0.2.2")}, MacMode::append);
  CHECK(to_text(macmap, old) == old + "\r\nb;52:54:00:00:00:02;192.0.2.2\r\n");
}

TEST_CASE("rows in another order take the places of those of the file") {
  const std::string old = "# first\nb;52-54-00-00-00-02;192.0.2.2\n# second\na;52:54:00:00:00:01;192.0.2.1";
  auto macmap = parse_macmap(old);
  sort_by(macmap.rows, MacColumn::name);
  CHECK(to_text(macmap, old) ==
        "# first\na;52:54:00:00:00:01;192.0.2.1\n# second\nb;52-54-00-00-00-02;192.0.2.2\n");
}

TEST_CASE("new rows are added, known ones brought up to date, others kept") {
  auto macmap = parse_macmap(kFile);
  const std::vector<Lease> leases{lease("", "52:54:00:00:00:01", "192.0.2.1"),       // known, the name stays
                                  lease("db01", "52:54:00:00:00:0B", "192.0.2.12"),  // moved
                                  lease("new", "52:54:00:00:00:0D", "192.0.2.13")};
  CHECK(words(merge_leases(macmap, leases, MacMode::append)) ==
        "~db01;52:54:00:00:00:0B;192.0.2.11 db01;52:54:00:00:00:0B;192.0.2.12\n"
        "+ new;52:54:00:00:00:0D;192.0.2.13\n"
        "same 1, kept 1");
  CHECK(words(merge_leases(macmap, leases, MacMode::append)) == "same 3, kept 1");
  CHECK(words(merge_leases(macmap, leases, MacMode::replace)) == "-;52:54:00:00:00:0C;\nsame 3, kept 0");
}

TEST_CASE("an address that another machine has now is taken from the one that had it") {
  auto macmap = parse_macmap("old;52:54:00:00:00:01;192.0.2.1\n");
  (void)merge_leases(macmap, std::vector{lease("new", "52:54:00:00:00:02", "192.0.2.1")}, MacMode::append);
  CHECK(to_text(macmap) == "old;52:54:00:00:00:01;\nnew;52:54:00:00:00:02;192.0.2.1\n");
  // However it is spelled; and where it has not moved, it stays as it was written.
  for (const std::string spelling : {"2001:DB8:0::1", "2001:db8:0:0:0:0:0:1", "2001:db8::1"}) {
    auto other = parse_macmap("old;52:54:00:00:00:01;" + spelling + "\n");
    CHECK(words(merge_leases(other, std::vector{lease("", "52:54:00:00:00:01", "2001:db8::1")},
                             MacMode::append)) == "same 1, kept 0");
    CHECK(to_text(other) == "old;52:54:00:00:00:01;" + spelling + "\n");
    (void)merge_leases(other, std::vector{lease("new", "52:54:00:00:00:02", "2001:db8::1")}, MacMode::append);
    CHECK(to_text(other) == "old;52:54:00:00:00:01;\nnew;52:54:00:00:00:02;2001:db8::1\n");
  }
}

TEST_CASE("addresses of both IP versions stand beside each other") {
  auto macmap = parse_macmap("web;52:54:00:00:00:01;192.0.2.1\n");
  (void)merge_leases(macmap, std::vector{lease("", "52:54:00:00:00:01", "2001:db8::1")}, MacMode::append);
  CHECK(to_text(macmap) == "web;52:54:00:00:00:01;192.0.2.1\nweb;52:54:00:00:00:01;2001:db8::1\n");
}

TEST_CASE("ethers and hosts complete each other by name") {
  Macmap macmap;
  const std::vector<Lease> leases{lease("web01", "52:54:00:00:00:01", ""),
                                  lease("web01", "", "192.0.2.1"),
                                  lease("lonely", "", "192.0.2.2"),
                                  lease("dark", "52:54:00:00:00:03", ""),
                                  lease("", "52:54:00:00:00:04", "192.0.2.4"),
                                  lease("named", "", "192.0.2.4")};
  const auto merge = merge_leases(macmap, leases, MacMode::append);
  CHECK(to_text(macmap) ==
        "web01;52:54:00:00:00:01;192.0.2.1\ndark;52:54:00:00:00:03;\nnamed;52:54:00:00:00:04;192.0.2.4\n");
  CHECK(merge.without_mac == 2);
}

TEST_CASE("a name that two machines have gives neither of them an address") {
  auto macmap = parse_macmap("web;52:54:00:00:00:01;\nweb;52:54:00:00:00:02;\n");
  const auto merge = merge_leases(macmap, std::vector{lease("web", "", "192.0.2.1")}, MacMode::append);
  CHECK(merge.changes.empty());
  CHECK(merge.without_mac == 1);
}

TEST_CASE("addresses are sorted as numbers") {
  auto macmap = parse_macmap("a;52:54:00:00:00:01;192.0.2.10\nB;52:54:00:00:00:02;192.0.2.9\n");
  sort_by(macmap.rows, MacColumn::ip);
  CHECK(macmap.rows[0].name == "B");
  sort_by(macmap.rows, MacColumn::name);
  CHECK(macmap.rows[0].name == "a");
}

TEST_CASE("the maps of several directories are one") {
  const testing::Folder folder;
  for (const auto* name : {"a", "b", "c"}) std::filesystem::create_directory(folder / name);
  testing::write(folder / "a/macmap.fdb", "web;52:54:00:00:00:01;192.0.2.1");
  testing::write(folder / "c/macmap.fdb", "db;52:54:00:00:00:02;192.0.2.2\n");
  const auto view = read_macmaps(std::vector{folder / "a", folder / "b", folder / "c"});
  REQUIRE(view);
  CHECK(view->macmap.rows.size() == 2);
  CHECK(view->warnings.empty());
  CHECK(read_macmaps(std::vector{folder / "b"}).error().code == ctys::Exit::no_macmap);
  CHECK(read_macmaps(std::vector{folder / "a", folder / "none"}).error().code == ctys::Exit::no_database);
}

TEST_CASE("lines that are no rows are told about by the file they are in") {
  const testing::Folder folder;
  for (const auto* name : {"a", "b"}) std::filesystem::create_directory(folder / name);
  testing::write(folder / "a/macmap.fdb", "web;52:54:00:00:00:01;192.0.2.1\n\n# by hand\n");
  testing::write(folder / "b/macmap.fdb", "web;52:54:00:00:00:01;192.0.2.1\nno row\nx;y;z\n");
  const auto view = read_macmaps(std::vector{folder / "a", folder / "b"});
  REQUIRE(view);
  CHECK(view->macmap.rows.size() == 1);
  REQUIRE(view->warnings.size() == 1);
  CHECK(view->warnings[0] == "2 lines of " + (folder / "b/macmap.fdb").string() +
                                 " are no rows and were passed over, the first is line 2");
}

TEST_CASE("a row that is commented out is no row, and stays where it is") {
  const std::string text = "#a;52:54:00:00:00:01;192.0.2.1\n # b;52:54:00:00:00:02;192.0.2.2\n";
  const auto macmap = parse_macmap(text);
  CHECK(macmap.rows.empty());
  CHECK(macmap.broken == 0);
  CHECK(to_text(macmap, text) == text);
}

TEST_CASE("marks inside files that were joined are no part of names") {
  const std::string mark = "\xEF\xBB\xBF";
  const auto macmap = parse_macmap(mark + " " + mark + mark + "a;52:54:00:00:00:01;192.0.2.1\n" + mark +
                                   "b;52:54:00:00:00:02;192.0.2.2\n");
  REQUIRE(macmap.rows.size() == 2);
  CHECK(macmap.rows[0].name == "a");
  CHECK(macmap.rows[1].name == "b");
  CHECK(parse_macmap(to_text(Macmap{{macmap.rows[1]}})).rows == std::vector{macmap.rows[1]});
}

TEST_CASE("the mark of a file of UTF-8 spoils no row, and stays") {
  const std::string text = "\xEF\xBB\xBFweb;52:54:00:00:00:01;192.0.2.1\n";
  const auto macmap = parse_macmap(text);
  CHECK(macmap.rows.size() == 1);
  CHECK(macmap.rows.at(0).name == "web");
  CHECK(to_text(macmap, text) == text);
}
