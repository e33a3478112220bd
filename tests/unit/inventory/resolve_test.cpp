// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/resolve.hpp"

#include "inventory/view.hpp"
#include "unit/inventory/fixture.hpp"

using namespace ctys;
using namespace ctys::inventory;
using model::Address;
using testing::Folder;
using testing::record;

namespace {

const std::string kA = "11111111-2222-3333-4444-00000000000a";
const std::string kB = "11111111-2222-3333-4444-00000000000b";
const std::string kC = "11111111-2222-3333-4444-00000000000c";

// Two interfaces of web01, db01, a namesake of db01 elsewhere, two called twin, and the host itself.
std::string database() {
  std::string text;
  const auto add = [&](std::initializer_list<std::pair<std::size_t, std::string_view>> set) {
    text += record(set) + "\n";
  };
  add({{1, "lab01"}, {2, "PM"}, {3, "lab01"}, {28, "lab01"}});
  add({{1, "lab01"},
       {2, "QEMU"},
       {3, "web01"},
       {4, "/vm/web/conf.ctys"},
       {5, kA},
       {6, "52:54:00:00:00:01"},
       {7, "192.0.2.1"}});
  add({{1, "lab01"},
       {2, "QEMU"},
       {3, "web01"},
       {4, "/vm/web/conf.ctys"},
       {5, kA},
       {6, "52:54:00:00:00:02"},
       {7, "192.0.2.2"},
       {28, "web01.example"}});
  add({{1, "lab01"}, {2, "TEST"}, {3, "db01"}, {5, kB}});
  add({{1, "lab02"}, {2, "QEMU"}, {3, "db01"}, {5, kC}});
  add({{1, "lab02"}, {2, "QEMU"}, {3, "far"}, {5, kC}});
  add({{1, "LAB01."}, {2, "QEMU"}, {3, "twin"}, {4, "/vm/1.ctys"}});
  add({{1, "lab01"}, {2, "TEST"}, {3, "twin"}, {4, "/vm/2.ctys"}});
  return text;
}

struct Inventory {
  Folder folder;
  std::vector<Source> view;
  Addresses addresses{{folder.path()}};
  Inventory() {
    testing::write(folder / "enum.fdb", database());
    view = open_view({folder.path()}).value();
  }
  [[nodiscard]] Resolution ask(std::vector<model::Pair> keys,
                               const std::vector<std::string>& types = {}) const {
    return resolve({view, addresses}, Address{std::move(keys), "as written"}, "lab01", types).value();
  }
};

}  // namespace

TEST_CASE("every key of a machine leads to it, whatever interface it belongs to") {
  const Inventory inventory;
  for (const auto& key : std::vector<model::Pair>{{"LABEL", "web01"},
                                                  {"UUID", kA},
                                                  {"MAC", "52:54:00:00:00:02"},
                                                  {"TCP", "192.0.2.1"},
                                                  {"TCP", "web01.example"},
                                                  {"ID", "/vm/web/conf.ctys"},
                                                  {"PATHNAME", "/vm/web/conf.ctys"},
                                                  {"FILENAME", "web/conf"},
                                                  {"DBRECORD", "3"},
                                                  {"WORD", "web01"},
                                                  {"WORD", "192.0.2.2"},
                                                  {"WORD", kA},
                                                  {"WORD", "/vm/web/conf.ctys"}}) {
    INFO(key.key << ":" << key.value);
    const auto found = inventory.ask({key});
    REQUIRE(found.verdict == Verdict::one);
    CHECK(found.machines.front().get(Field::uuid) == kA);
    CHECK(found.machines.front().get(Field::type) == "QEMU");
  }
}

TEST_CASE("a bare word is replaced by the key it was found by") {
  const Inventory inventory;
  CHECK(inventory.ask({{"WORD", "web01"}}).address.keys == std::vector<model::Pair>{{"LABEL", "web01"}});
  CHECK(inventory.ask({{"WORD", "192.0.2.2"}}).address.keys ==
        std::vector<model::Pair>{{"TCP", "192.0.2.2"}});
  CHECK(inventory.ask({{"WORD", "nobody"}}).address.keys == std::vector<model::Pair>{{"WORD", "nobody"}});
}

TEST_CASE("keys that belong to different machines are a conflict that says which") {
  const Inventory inventory;
  const auto found = inventory.ask({{"LABEL", "web01"}, {"UUID", kB}});
  CHECK(found.verdict == Verdict::unknown);
  CHECK(found.conflict.find("db01") != std::string::npos);
  CHECK(found.conflict.find("not 'web01'") != std::string::npos);
  CHECK(inventory.ask({{"LABEL", "web01"}, {"MAC", "52:54:00:00:00:02"}, {"UUID", kA}}).verdict ==
        Verdict::one);
}

TEST_CASE("machines of this host win over namesakes elsewhere, and hosts are no machines") {
  const Inventory inventory;
  const auto here = inventory.ask({{"WORD", "db01"}});
  CHECK(here.verdict == Verdict::one);
  CHECK(here.machines.front().get(Field::uuid) == kB);
  const auto away = inventory.ask({{"WORD", "far"}});
  CHECK(away.verdict == Verdict::elsewhere);
  CHECK(away.machines.front().get(Field::host) == "lab02");
  CHECK(inventory.ask({{"WORD", "lab01"}}).verdict == Verdict::unknown);
  CHECK(inventory.ask({{"DBRECORD", "1"}}).verdict == Verdict::unknown);
}

TEST_CASE("several machines of one name are several, until the type tells them apart") {
  const Inventory inventory;
  CHECK(inventory.ask({{"WORD", "twin"}}).machines.size() == 2);
  CHECK(inventory.ask({{"WORD", "twin"}}).verdict == Verdict::several);
  CHECK(inventory.ask({{"WORD", "twin"}}, {"TEST"}).verdict == Verdict::one);
  CHECK(inventory.ask({{"WORD", "web01"}}, {"TEST"}).verdict == Verdict::unknown);
}

TEST_CASE("an address that only the map knows leads to its machine") {
  const Inventory inventory;
  testing::write(inventory.folder / "enum.fdb",
                 record({{1, "lab01"}, {2, "QEMU"}, {3, "dark"}, {5, kA}, {6, "52:54:00:00:00:0a"}}) + "\n");
  testing::write(inventory.folder / "macmap.fdb", "x;52:54:00:00:00:0A;192.0.2.9\n");
  const auto view = open_view({inventory.folder.path()}).value();
  const Addresses addresses({inventory.folder.path()});
  for (const auto& key :
       std::vector<model::Pair>{{"TCP", "192.0.2.9"}, {"WORD", "192.0.2.9"}, {"DBRECORD", "1"}}) {
    const auto found = resolve({view, addresses}, {{key}, "as written"}, "lab01", {});
    REQUIRE(found);
    REQUIRE(found->verdict == Verdict::one);
    CHECK(found->machines.front().get(Field::tcp) == "192.0.2.9");
  }
  const auto both =
      resolve({view, addresses}, {{{"LABEL", "other"}, {"TCP", "192.0.2.9"}}, "x"}, "lab01", {});
  CHECK(both.value().conflict.find("dark") != std::string::npos);
}

TEST_CASE("a record number beyond the last one is an error") {
  const Inventory inventory;
  const auto found =
      resolve({inventory.view, inventory.addresses}, {{{"DBRECORD", "99"}}, "dr:99"}, "lab01", {});
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Exit::nothing);
}
