// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/upkeep.hpp"

#include "inventory/index.hpp"
#include "inventory/store.hpp"
#include "unit/inventory/random_inventory.hpp"

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;

TEST_CASE("what can be made again goes, and the records stay") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  generator::InventoryGenerator generator(3);
  std::string content;
  for (int i = 0; i < 400; ++i) generator.append_record(content);
  testing::write(file, content);
  const auto source = testing::indexed(file);
  REQUIRE(std::filesystem::exists(index_beside(file)));
  REQUIRE(clear_derived(source));
  CHECK_FALSE(std::filesystem::exists(index_beside(file)));
  CHECK(clear_derived(source));
  CHECK(testing::read(file) == content);
}

TEST_CASE("what a killed writer left goes, what is being written stays") {
  const Folder folder;
  const auto left = folder / ".enum.fdb.new";
  const auto written = folder / ".macmap.fdb.new";
  testing::write(left, "half");
  testing::write(written, "half");
  {
    const auto lock = Lock::take(folder / "macmap.fdb");
    REQUIRE(lock);
    REQUIRE(clear_leftovers(folder.path()));
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(std::filesystem::exists(written));
  }
  REQUIRE(clear_leftovers(folder.path()));
  CHECK_FALSE(std::filesystem::exists(written));
  CHECK(clear_leftovers(folder / "none"));
}
