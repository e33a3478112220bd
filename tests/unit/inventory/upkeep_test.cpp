// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/upkeep.hpp"

#include "inventory/index.hpp"
#include "inventory/store.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cstdlib>

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

TEST_CASE("what killed writers left in the cache goes, too") {
  const Folder folder;
  const Folder cache;
  REQUIRE(::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1) == 0);
  const auto lists = cache / "ctys/lists";
  const auto index = index_in_cache(folder / "enum.fdb");
  const auto half = index.parent_path() / ("." + index.filename().string() + ".new");
  std::filesystem::create_directories(lists);
  std::filesystem::create_directories(index.parent_path());
  testing::write(lists / ".12095091557717177164.J00feA", "half");
  testing::write(lists / ".1.J00feB", "being written");
  testing::write(lists / "12095091557717177164", "list");
  testing::write(half, "half");
  {
    const ctys::Fd written(::open((lists / ".1.J00feB").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::flock(written.get(), LOCK_EX) == 0);
    REQUIRE(clear_leftovers(folder.path()));
  }
  CHECK_FALSE(std::filesystem::exists(lists / ".12095091557717177164.J00feA"));
  CHECK_FALSE(std::filesystem::exists(half));
  CHECK(std::filesystem::exists(lists / ".1.J00feB"));
  CHECK(std::filesystem::exists(lists / "12095091557717177164"));
  REQUIRE(::unsetenv("XDG_CACHE_HOME") == 0);
}
