// Replacing machine files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/file.hpp"

#include "unit/inventory/fixture.hpp"

#include <string>

using namespace ctys::libvirt;
using ctys::inventory::testing::Folder;
namespace fs = std::filesystem;

TEST_CASE("a machine file that an editor changed since it was read is not replaced") {
  const Folder folder;
  const auto file = folder / "a.ctys";
  ctys::inventory::testing::write(file, "old");
  auto read = state_of(file);
  ctys::inventory::testing::write(file, "by hand");
  CHECK_FALSE(replace_file(file, "new", read));
  CHECK(ctys::inventory::testing::read(file) == "by hand");
  read = state_of(file);
  CHECK(replace_file(file, "new", read));
  CHECK(ctys::inventory::testing::read(file) == "new");
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}
