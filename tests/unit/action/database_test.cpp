// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/database.hpp"

#include "base/file.hpp"
#include "unit/inventory/fixture.hpp"

#include <functional>
#include <string>

using namespace ctys;
using namespace ctys::action;
using inventory::testing::Folder;
namespace fs = std::filesystem;

namespace {

// The old content and a line; the first so many times an editor is faster.
struct Appending {
  fs::path file;
  int edits = 0;
  bool by_rename = false;
  int calls = 0;

  Result<Change> operator()(const inventory::Source* old, const Sink& write) {
    std::string content = old == nullptr ? std::string() : TRY(read_file(old->path(), 1000));
    const auto edited = content + "# hand " + std::to_string(calls) + "\n";
    if (calls++ < edits) {
      inventory::testing::write(by_rename ? file.parent_path() / "new" : file, edited);
      if (by_rename) fs::rename(file.parent_path() / "new", file);
    }
    TRY_VOID(write(content + "record\n"));
    return Change::some;
  }
};

Result<void> append(Appending& content) {
  return rewrite({content.file, false, "--cacheDB"}, std::nullopt, std::ref(content));
}

}  // namespace

TEST_CASE("what an editor writes while a database is rewritten is not lost") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  for (const bool by_rename : {false, true}) {
    inventory::testing::write(file, "old\n");
    Appending content{file, 2, by_rename};
    REQUIRE(append(content));
    CHECK(inventory::testing::read(file) == "old\n# hand 0\n# hand 1\nrecord\n");
    CHECK(content.calls == 3);
  }
  fs::remove(file);
  Appending fresh{file, 1};
  REQUIRE(append(fresh));
  CHECK(inventory::testing::read(file) == "# hand 0\nrecord\n");
}

TEST_CASE("who changes a database all the time keeps it, and the other one is refused") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  inventory::testing::write(file, "old\n");
  Appending content{file, 1000};
  const auto written = append(content);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Exit::refused);
  CHECK(inventory::testing::read(file).starts_with("old\n# hand 0\n# hand 1\n"));
  CHECK(inventory::testing::read(file).find("record") == std::string::npos);
  CHECK_FALSE(fs::exists(folder / ".enum.fdb.new"));
}
