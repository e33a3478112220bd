// The file of labels: bounded, mistrustful, never in the way.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/labels.hpp"

#include "base/file.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace ctys;
using client::known_labels;
using client::remember_labels;
using client::Seen;

namespace {

// A cache folder of its own for each test.
class Cache {
 public:
  Cache() {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
    ::setenv("XDG_CACHE_HOME", folder_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  ~Cache() {
    ::unsetenv("XDG_CACHE_HOME");  // NOLINT(concurrency-mt-unsafe): one thread
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::filesystem::path file() const {
    return std::filesystem::path(folder_) / "ctys" / "labels";
  }

 private:
  std::string folder_ = "/tmp/ctys-labels.XXXXXX";
};

std::vector<model::Record> records(const std::vector<std::string>& labels) {
  std::vector<model::Record> made;
  for (const auto& label : labels) made.emplace_back().set(Field::label, label);
  return made;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("labels are remembered sorted and once") {
  const Cache cache;
  CHECK(known_labels().empty());
  REQUIRE(remember_labels(records({"web02", "db", "web01", "db"}), Seen::all));
  CHECK(known_labels() == Words{"db", "web01", "web02"});
}

TEST_CASE("seeing some machines forgets no others, seeing all does") {
  const Cache cache;
  REQUIRE(remember_labels(records({"a", "b"}), Seen::all));
  REQUIRE(remember_labels(records({"c"}), Seen::some));
  CHECK(known_labels() == Words{"a", "b", "c"});
  REQUIRE(remember_labels(records({"b"}), Seen::all));
  CHECK(known_labels() == Words{"b"});
}

TEST_CASE("a label that was looked for in vain is forgotten, alone") {
  const Cache cache;
  REQUIRE(remember_labels(records({"a", "b"}), Seen::all));
  REQUIRE(client::forget_label("c"));
  REQUIRE(client::forget_label("a"));
  CHECK(client::known_labels() == std::vector<std::string>{"b"});
}

TEST_CASE("what is seen through one connection forgets nothing of another") {
  const Cache cache;
  const auto look_through = [](const char* uri) {
    ::setenv("LIBVIRT_DEFAULT_URI", uri, 1);  // NOLINT(concurrency-mt-unsafe): one thread
  };
  REQUIRE(remember_labels(records({"a", "both"}), Seen::all));
  look_through("qemu+ssh://me:secret@lab01/system");
  REQUIRE(remember_labels(records({"b", "both"}), Seen::all));
  CHECK(known_labels() == Words{"a", "b", "both"});
  REQUIRE(client::forget_label("a"));
  REQUIRE(client::forget_label("both"));
  CHECK(known_labels() == Words{"a", "b", "both"});
  CHECK(read_file(cache.file(), 1000).value().find("secret") == std::string::npos);
  look_through("test:///default");
  REQUIRE(remember_labels(records({}), Seen::all));
  REQUIRE(client::forget_label("b"));
  CHECK(known_labels() == Words{"a", "b", "both"});
  ::unsetenv("LIBVIRT_DEFAULT_URI");  // NOLINT(concurrency-mt-unsafe): one thread
  REQUIRE(client::forget_label("both"));
  REQUIRE(client::forget_label("a"));
  CHECK(known_labels() == Words{"b"});
}

TEST_CASE("labels that no line can hold or no terminal should show are left out") {
  const Cache cache;
  REQUIRE(remember_labels(records({"ok", "", "two\nlines", "\x1b[31mred", "\xff", std::string(256, 'x'),
                                   "blank is fine", "$(touch x)",
                                   "\xe2\x80\xae"
                                   "gnp.exe",
                                   "ümlaut"}),
                          Seen::all));
  CHECK(known_labels() == Words{"$(touch x)", "blank is fine", "ok", "ümlaut"});
}

TEST_CASE("a file that ctys did not write is read with the same care") {
  const Cache cache;
  REQUIRE(replace_file(cache.file(), "b\n\x1b]0;x\na\n\n" + std::string(300, 'y') + "\nlast"));
  CHECK(known_labels() == Words{"a", "b", "last"});
  REQUIRE(replace_file(cache.file(), std::string(4U << 20U, 'z')));
  CHECK(known_labels().empty());
}

TEST_CASE("a pipe or folder in place of the file neither hangs nor harms") {
  const Cache cache;
  std::filesystem::create_directories(cache.file().parent_path());
  REQUIRE(::mkfifo(cache.file().c_str(), 0600) == 0);
  CHECK(known_labels().empty());
  REQUIRE(remember_labels(records({"a"}), Seen::some));
  CHECK(known_labels() == Words{"a"});
  std::filesystem::remove(cache.file());
  std::filesystem::create_directory(cache.file());
  CHECK(known_labels().empty());
  CHECK_FALSE(remember_labels(records({"a"}), Seen::some));
}

TEST_CASE("more labels than the file may hold: those seen now win") {
  const Cache cache;
  Words many;
  for (std::size_t i = 0; i < client::kMostLabels + 10; ++i) many.push_back("old" + std::to_string(i));
  REQUIRE(remember_labels(records(many), Seen::all));
  CHECK(known_labels().size() == client::kMostLabels);
  REQUIRE(remember_labels(records({"new"}), Seen::some));
  const auto known = known_labels();
  CHECK(known.size() == client::kMostLabels);
  CHECK(std::binary_search(known.begin(), known.end(), "new"));
}

TEST_CASE("the file is not written when nothing changed") {
  const Cache cache;
  REQUIRE(remember_labels(records({"a", "b"}), Seen::all));
  struct stat first {};
  REQUIRE(::stat(cache.file().c_str(), &first) == 0);
  REQUIRE(remember_labels(records({"a"}), Seen::some));
  struct stat second {};
  REQUIRE(::stat(cache.file().c_str(), &second) == 0);
  CHECK(first.st_ino == second.st_ino);
  CHECK((second.st_mode & 0777U) == 0600U);
}
