// Set algebra, compared with the plainest one there is; and groups that are real files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"
#include "unit/groups/fixture.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>

using namespace ctys;
using namespace ctys::tests;

namespace {

using Names = std::set<std::string>;

Names combined(char op, const Names& left, const Names& right) {
  Names out;
  const auto end = std::inserter(out, out.end());
  if (op == ',') std::set_union(left.begin(), left.end(), right.begin(), right.end(), end);
  if (op == '!') std::set_difference(left.begin(), left.end(), right.begin(), right.end(), end);
  if (op == '&') std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), end);
  if (op == '^') std::set_symmetric_difference(left.begin(), left.end(), right.begin(), right.end(), end);
  return out;
}

// A folder that is gone at the end.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "ctys.groups.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& content) const {
    REQUIRE(replace_file(path / name, content));
  }
};

}  // namespace

TEST_CASE("sets are what a plain set algebra makes of them") {
  std::mt19937 random(4711);  // NOLINT: the same sets in every run
  const auto pick = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int run = 0; run < 300; ++run) {
    Files files;
    std::map<std::string, Names> sets;
    for (const auto* name : {"a", "b", "c"}) {
      for (auto count = pick(12); count > 0; --count) {
        const auto host = "h" + std::to_string(pick(15));
        files[name] += host + "\n";
        sets[name].insert(host);
      }
      files[name] += "";
      sets[name];
    }
    std::string targets;
    Names expected;
    for (auto count = 1 + pick(6); count > 0; --count) {
      const char op = targets.empty() ? ',' : ",!&^"[pick(4)];
      const std::string name(1, "abc"[pick(3)]);
      if (!targets.empty()) targets += op;
      targets += "@" + name;
      expected = combined(op, expected, sets[name]);
    }
    const auto hosts = groups::expand(std::vector{targets}, source_of(files), {});
    INFO(targets);
    REQUIRE(hosts);
    const auto names = groups::names_of(*hosts);
    CHECK(Names(names.begin(), names.end()) == expected);
    CHECK(names.size() == expected.size());
  }
}

TEST_CASE("the first file of the search path counts, and what it includes is looked for from there on") {
  const Folder folder;
  folder.write("first/all", "one\n#include part");
  folder.write("second/all", "two");
  folder.write("second/part", "#include base");
  folder.write("first/base", "hidden");
  folder.write("second/base", "seen");
  folder.write("second/sub/deep", "deep");
  folder.write("second/.hidden", "x");
  folder.write("second/old~", "x");
  const auto source =
      groups::source_in({folder.path / "first", folder.path / "second", folder.path / "missing"});
  const std::vector<std::string> all{"all"};
  const auto hosts = groups::expand(all, source, {});
  REQUIRE(hosts);
  CHECK(shown(*hosts) == "one seen");
  CHECK(hosts->front().place == (folder.path / "first/all").string() + ":1");
  CHECK(source.names() == std::vector<std::string>{"all", "base", "part", "sub/deep"});
  folder.write("second/my lab", "x");
  CHECK(source.names() == std::vector<std::string>{"all", "base", "part", "sub/deep"});
  CHECK(groups::misnamed_files({folder.path / "second"}) == std::vector<std::string>{"my lab"});
  const std::vector<std::string> path{(folder.path / "second/sub/deep").string()};
  CHECK(shown(*groups::expand(path, source, {})) == "deep");
  const std::vector<std::string> up{"@sub/../all"};
  CHECK_FALSE(groups::expand(up, source, {}));
}

TEST_CASE("a group that cannot be read is an error and no host") {
  const Folder folder;
  std::filesystem::create_directories(folder.path / "dir");
  REQUIRE(::mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  std::filesystem::create_symlink("loop", folder.path / "loop");
  const auto source = groups::source_in({folder.path});
  for (const auto* name : {"pipe", "loop"}) {
    INFO(name);
    const auto hosts = groups::expand(std::vector<std::string>{name}, source, {});
    REQUIRE_FALSE(hosts);
    CHECK(hosts.error().code == Exit::usage);
  }
  CHECK(shown(*groups::expand(std::vector<std::string>{"dir"}, source, {})) == "dir");
}
