// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/database.hpp"

#include "base/file.hpp"
#include "unit/inventory/fixture.hpp"

#include <cstdlib>
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

TEST_CASE("a folder that a link leads to, and that is not there, is made as the remedy says") {
  const Folder folder;
  const auto gone = folder / "gone away/db";
  fs::create_symlink("gone away/db", folder / "near");
  fs::create_symlink(folder / "near", folder / "far");
  fs::create_symlink("round", folder / "round");
  const auto fix_of = [&](const fs::path& path) {
    const auto made = database(path.string(), {}, "enum.fdb", "--cacheDB");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Exit::usage);
    return made.error().fix.substr(0, made.error().fix.find(';'));
  };
  for (const auto* link : {"near", "near/", "far", "far/below"})
    CHECK(fix_of(folder / link) == "bring that back, or make it: mkdir -p '" + gone.string() + "'");
  CHECK(fix_of(folder / "round") == "remove the link: rm " + (folder / "round").string());
  const auto fix = fix_of(folder / "far");
  REQUIRE(std::system(fix.substr(fix.find("mkdir")).c_str()) == 0);
  for (const auto* link : {"near", "far", "far/below"})
    CHECK(database((folder / link).string(), {}, "enum.fdb", "--cacheDB"));
}
