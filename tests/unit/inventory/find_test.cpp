// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/find.hpp"

#include "inventory/view.hpp"
#include "unit/inventory/fixture.hpp"

#include <cstdlib>

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;
using testing::record;

TEST_CASE("a machine is found in every database of the view, in their order") {
  const Folder a;
  const Folder b;
  testing::write(a / "enum.fdb",
                 record({{1, "a"}, {3, "web01"}}) + "\n" + record({{1, "a"}, {3, "db01"}}) + "\nbad\n");
  testing::write(b / "enum.fdb", record({{1, "b"}, {28, "web01"}}));
  const auto view = open_view({a.path(), b.path()}).value();
  const auto found = find(view, parse_key("web01").value()).value();
  REQUIRE(found.matches.size() == 2);
  CHECK(found.matches[0].source == 0);
  CHECK(found.matches[0].kinds == only(Kind::label));
  CHECK(field(found.matches[0].line, 1) == "a");
  CHECK(found.matches[1].source == 1);
  CHECK(found.matches[1].kinds == only(Kind::netname));
  CHECK(found.warnings.size() == 1);
  CHECK(find(view, parse_key("host:a").value()).value().matches.size() == 2);
  CHECK(find(view, parse_key("nosuch").value()).value().matches.empty());
}

TEST_CASE("blanks around a field hide nothing from an index") {
  const Folder folder;
  testing::write(folder / "enum.fdb",
                 record({{1, " lab01"}, {3, "web01 "}, {5, "\t" + std::string(32, 'a') + " "}}) + "\n" +
                     record({{1, "lab01"}, {3, "db01"}, {4, "/vm/semi,colon .xml"}}) + "\n");
  const auto view = open_view({folder.path()}).value();
  for (const auto* word :
       {"web01", " web01 ", "label:web01", "name:semi;colon", "uuid:aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}) {
    CAPTURE(word);
    const auto key = parse_key(word).value();
    CHECK(find(view, key).value().matches.size() == 1);
    CHECK(find_by_scan(view, key).value().matches.size() == 1);
  }
  CHECK(find(view, parse_key("host:lab01").value()).value().matches.size() == 2);
}

TEST_CASE("the directories of a view come from the option, the environment, or the home") {
  const Folder home;
  REQUIRE(::setenv("HOME", home.path().c_str(), 1) == 0);
  REQUIRE(::unsetenv("XDG_DATA_HOME") == 0);
  REQUIRE(::unsetenv("DEFAULT_DBPATHLST") == 0);
  using Paths = std::vector<std::filesystem::path>;
  CHECK(view_directories("") == Paths{home / ".local/share/ctys/db/default"});
  std::filesystem::create_directories(home / ".ctys/db/default");
  CHECK(view_directories("") == Paths{home / ".ctys/db/default"});
  REQUIRE(::setenv("DEFAULT_DBPATHLST", "/x::/y", 1) == 0);
  CHECK(view_directories("") == Paths{"/x", "/y"});
  CHECK(view_directories("/z") == Paths{"/z"});
  REQUIRE(::unsetenv("DEFAULT_DBPATHLST") == 0);
}

TEST_CASE("a directory that is named twice counts once") {
  const Folder folder;
  using Paths = std::vector<std::filesystem::path>;
  const auto path = folder.path().string();
  std::filesystem::create_directories(folder / "other");
  std::filesystem::create_directory_symlink(folder.path(), folder / "other/link");
  CHECK(view_directories(path + ":" + path) == Paths{path});
  CHECK(view_directories(path + ":" + path + "/:" + path + "/other/..:" + path + "/other/link") ==
        Paths{path});
  CHECK(view_directories("/none:/x:/none") == Paths{"/none", "/x"});
  CHECK(view_directories(path + ":" + path + "/other:" + path) == Paths{path, path + "/other"});
}

TEST_CASE("a missing directory and a missing inventory have the status of the original") {
  const Folder folder;
  CHECK(open_view({folder / "none"}).error().code == Exit::no_database);
  CHECK(open_view({folder.path()}).error().code == Exit::no_database);
  testing::write(folder / "enum.fdb", "");
  CHECK(open_view({folder.path()}).value().size() == 1);
  CHECK(open_view({folder.path(), folder / "none"}).error().code == Exit::no_database);
  CHECK(open_view({folder.path(), "/"}).value().size() == 1);
  CHECK(open_view({folder / "enum.fdb"}).error().code == Exit::no_database);
}
