// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/view.hpp"

#include "unit/inventory/fixture.hpp"

#include <cstdlib>
#include <string>

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;
namespace fs = std::filesystem;

namespace {

// Where the inventory of somebody with this home is.
fs::path usual_in(const fs::path& home) {
  const std::string before = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  REQUIRE(::setenv("HOME", home.c_str(), 1) == 0);
  auto directory = home_directory({});
  REQUIRE(::setenv("HOME", before.c_str(), 1) == 0);
  return directory;
}

}  // namespace

TEST_CASE("only a usual inventory that was never made is looked for elsewhere") {
  const Folder home;
  const auto classic = home / ".ctys/db/default";
  const auto other = home / ".local/share/ctys/db/default";
  fs::create_directories(other);
  CHECK(usual_in(home.path()) == other);
  fs::create_directories(classic.parent_path());
  CHECK(usual_in(home.path()) == other);
  fs::create_directory_symlink("/nonexistent/volume", classic);
  CHECK(usual_in(home.path()) == classic);
  const auto error = check_directory(classic).error();
  CHECK(error.code == Exit::no_database);
  CHECK(error.why.find("a link to /nonexistent/volume") != std::string::npos);
  fs::remove(classic);
  testing::write(classic, "no folder");
  CHECK(usual_in(home.path()) == classic);
  CHECK_FALSE(check_directory(classic));
  fs::remove(classic);
  fs::create_directory(classic);
  CHECK(usual_in(home.path()) == classic);
}

TEST_CASE("an inventory behind a link that leads nowhere is there") {
  const Folder home;
  fs::create_directory_symlink("/nonexistent/volume", home / ".ctys");
  CHECK(is_there(home / ".ctys/db/default/enum.fdb"));
  CHECK(usual_in(home.path()) == home / ".ctys/db/default");
  CHECK_FALSE(is_there(home / "other/db/default/enum.fdb"));
}
