// One at a time: the lock of those who replace windows.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/turn.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

using namespace ctys;
using client::Turn;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

namespace {

model::Record machine_of(const std::string& uuid) {
  model::Record record;
  record.set(Field::host, "lab01").set(Field::type, "QEMU").set(Field::label, "web01");
  return record.set(Field::uuid, uuid).set(Field::context, "qemu:///system");
}

}  // namespace

TEST_CASE("only one has the turn of a machine, until it gives it back") {
  std::string folder = (fs::temp_directory_path() / "ctys-turn-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  auto taken = Turn::take(machine_of("a"));
  REQUIRE(taken);
  std::optional<Turn> first(*std::move(taken));
  const auto second = Turn::take(machine_of("a"), milliseconds(0));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Exit::failed);
  CHECK(second.error().summary == "cannot open a window on web01");
  CHECK(Turn::take(machine_of("b"), milliseconds(0)));
  first.reset();
  CHECK(Turn::take(machine_of("a"), milliseconds(0)));
  fs::remove_all(folder);
}
