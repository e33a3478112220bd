// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/registry.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

using namespace ctys;
namespace fs = std::filesystem;

namespace {

// A run-time directory of the test's own.
struct Scratch {
  Scratch() {
    std::string name = (fs::temp_directory_path() / "ctys-run-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    ::setenv("XDG_RUNTIME_DIR", name.c_str(), 1);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove_all(path); }
  fs::path path;
};

model::Record machine() {
  model::Record record;
  record.set(Field::host, "lab01").set(Field::type, "QEMU").set(Field::label, "web01");
  record.set(Field::uuid, "11111111-2222-3333-4444-00000000000a").set(Field::context, "qemu:///system");
  record.set(Field::client_port, "5901").set(Field::listen, "127.0.0.1");
  return record;
}

}  // namespace

TEST_CASE("a client is known while it lives, and forgotten when it ended") {
  const Scratch scratch;
  const std::array<std::string, 2> argv{"sleep", "600"};
  const auto process = start_detached(argv);
  REQUIRE(process);
  REQUIRE(client::enter(*process, machine(), "viewer"));
  auto known = client::clients();
  REQUIRE((known && known->size() == 1));
  const auto& record = known->front().record;
  CHECK(client::belongs(record, machine()));
  CHECK(record.get(Field::cs_type) == "C");
  CHECK(record.get(Field::pid) == std::to_string(process->pid));
  CHECK(client::end(known->front()));
  CHECK_FALSE(is_alive(*process));
  known = client::clients();
  REQUIRE(known);
  CHECK(known->empty());
}

TEST_CASE("an entry of a process that is gone, or of another that has its pid, is not believed") {
  const Scratch scratch;
  const auto self = identify(::getpid());
  REQUIRE(self);
  REQUIRE(client::enter({self->pid, self->start + 1}, machine(), "viewer"));
  REQUIRE(client::clients());
  CHECK(client::clients()->empty());
  CHECK(fs::is_empty(scratch.path / "ctys" / "clients"));
}

TEST_CASE("what is no entry harms nothing") {
  const Scratch scratch;
  const auto self = identify(::getpid());
  REQUIRE(client::enter(*self, machine(), "viewer"));
  const auto folder = scratch.path / "ctys" / "clients";
  REQUIRE(replace_file(folder / "noise", "x"));
  REQUIRE(replace_file(folder / "1-2-3", "x"));
  REQUIRE(replace_file(folder / ("1-" + std::to_string(identify(1)->start)), "\x01\x02 no message"));
  CHECK(client::clients()->size() == 1);
}

TEST_CASE("a run-time folder that others may enter is refused") {
  const Scratch scratch;
  fs::create_directory(scratch.path / "ctys");
  fs::permissions(scratch.path / "ctys", fs::perms::all);
  const auto known = client::clients();
  REQUIRE_FALSE(known);
  CHECK(known.error().why == "it is not a folder that only you can enter");
}

TEST_CASE("a machine is known by host, type, connection and UUID") {
  CHECK(client::belongs(machine(), machine()));
  for (const auto field : {Field::host, Field::type, Field::context, Field::uuid}) {
    auto other = machine();
    other.set(field, "other");
    CHECK_FALSE(client::belongs(other, machine()));
  }
  auto nameless = machine();
  nameless.set(Field::uuid, "");
  CHECK_FALSE(client::belongs(nameless, nameless));
}
