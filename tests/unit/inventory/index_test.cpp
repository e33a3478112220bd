// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/index.hpp"

#include "inventory/find.hpp"
#include "inventory/lookup.hpp"
#include "inventory/view.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <set>

using namespace ctys;
using namespace ctys::inventory;
using ctys::generator::InventoryGenerator;
using ctys::generator::Random;
using testing::Folder;
using testing::indexed;

namespace {

std::vector<std::string> lines_of(const Found& found) {
  std::vector<std::string> lines;
  for (const auto& match : found.matches) lines.push_back(match.line);
  return lines;
}

std::vector<Source> view_of(const std::filesystem::path& file) {
  std::vector<Source> view;
  view.push_back(Source::open(file).value());
  return view;
}

std::string generated(std::size_t records, std::uint64_t seed = 7) {
  InventoryGenerator generator(seed);
  std::string content;
  for (std::size_t i = 0; i < records; ++i) generator.append_record(content);
  return content;
}

// Overwrites bytes of the index in place.
void damage(const std::filesystem::path& index, std::uint64_t offset, std::string_view bytes) {
  const Fd fd(::open(index.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
          static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("index, scan and the naive look-up agree on every key") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  for (std::uint64_t seed = 1; seed <= 9; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto content = testing::random_inventory(random, seed == 4 ? 1500000 : 70000);
    testing::write(file, content);
    (void)indexed(file, seed % 3 == 0 ? 2 : 1);
    const auto view = view_of(file);
    REQUIRE(Index::open(view[0]));
    for (int i = 0; i < 60; ++i) {
      const auto kind = static_cast<Kind>(random.below(kKinds));
      const auto value = kind == Kind::host && random.one_in(2) ? "host" + std::to_string(random.below(20))
                                                                : testing::random_value(random);
      CAPTURE(static_cast<int>(kind), value);
      const auto key = make_key(kind, value);
      if (!key) continue;
      const auto expected = testing::naive_find(content, kind, value);
      REQUIRE(lines_of(find_by_scan(view, *key).value()) == expected);
      REQUIRE(lines_of(find(view, *key).value()) == expected);
    }
    for (int i = 0; i < 20; ++i) {
      const auto key = make_key(testing::random_value(random)).value();
      CAPTURE(key.text);
      const auto by_scan = find_by_scan(view, key).value();
      const auto by_index = find(view, key).value();
      REQUIRE(lines_of(by_index) == lines_of(by_scan));
      REQUIRE(by_index.warnings == by_scan.warnings);
      for (std::size_t m = 0; m < by_scan.matches.size(); ++m)
        REQUIRE(by_index.matches[m].kinds == by_scan.matches[m].kinds);
    }
  }
}

TEST_CASE("every key of a large inventory is found through its index", "[threads]") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto content = generated(40000);
  testing::write(file, content);
  (void)indexed(file, 2);
  const auto view = view_of(file);
  const auto index = Index::open(view[0]);
  REQUIRE(index);
  CHECK(index->header().partitions == format::kPartitions);
  CHECK(index->records() == 40000);
  Reader reader(view[0]);
  for (Line line; reader.next(line);) {
    if (line.number % 37 != 0) continue;
    for (const auto& [kind, words, number] : kind_names()) {
      if (kind == Kind::host && line.number % 370 != 0) continue;
      const auto found = find(view, make_key(kind, value_of(kind, line.text)).value()).value();
      const bool there = std::any_of(found.matches.begin(), found.matches.end(),
                                     [&](const Match& match) { return match.offset == line.offset; });
      REQUIRE(there);
    }
  }
}

TEST_CASE("thousands of records with one key fill overflow pages, and all are found") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  std::string content;
  for (int i = 0; i < 5000; ++i)
    content += testing::record({{1, i % 2 == 0 ? "a" : "b"}, {3, "same"}}) + "\n";
  testing::write(file, content);
  (void)indexed(file);
  const auto view = view_of(file);
  REQUIRE(Index::open(view[0]).value().header().overflow_pages > 60);
  CHECK(find(view, parse_key("same").value()).value().matches.size() == 5000);
  CHECK(find(view, parse_key("host:a").value()).value().matches.size() == 2500);
}

TEST_CASE("an index is believed for the file it was made of, and for no other") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto content = generated(300);
  testing::write(file, content);
  (void)indexed(file);
  REQUIRE(Index::open(Source::open(file).value()));

  SECTION("a changed file") {
    auto changed = content;
    std::memcpy(changed.data() + changed.find("host00000"), "HOST", 4);
    testing::write(file, changed);
    CHECK_FALSE(Index::open(Source::open(file).value()));
  }
  SECTION("a changed file with its old time") {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    testing::write(file, content);
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times.data(), 0) == 0);
    CHECK_FALSE(Index::open(Source::open(file).value()));
  }
  SECTION("a file that took its place") {
    testing::write(folder / "other", content);
    std::filesystem::rename(folder / "other", file);
    CHECK_FALSE(Index::open(Source::open(file).value()));
  }
  SECTION("another version, another byte order, another magic") {
    const std::size_t place = GENERATE(0, 8, 12);
    damage(index_beside(file), place, "zzz");
    CHECK_FALSE(Index::open(Source::open(file).value()));
  }
  SECTION("a cut index") {
    const auto size = std::filesystem::file_size(index_beside(file));
    for (const std::uintmax_t part :
         {std::uintmax_t{0}, std::uintmax_t{100}, size - 512, size - 1, size + 512}) {
      std::filesystem::resize_file(index_beside(file), part);
      CHECK_FALSE(Index::open(Source::open(file).value()));
    }
  }
  SECTION("an index of another user") {
    if (::geteuid() == 0) {
      REQUIRE(::chown(index_beside(file).c_str(), 65534, 65534) == 0);
      CHECK_FALSE(Index::open(Source::open(file).value()));
    }
  }
  // And the answer comes all the same.
  const auto view = view_of(file);
  CHECK(find(view, parse_key("label:host00001").value()).value().matches.size() == 1);
}

TEST_CASE("a file that changed within the clock's last tick has no index yet") {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const auto racy = [](std::uint64_t modified, std::uint64_t changed, std::uint64_t when) {
    return is_racy({1, modified, changed, 1, 1}, when);
  };
  CHECK(racy(kSecond + 5, kSecond + 5, kSecond + 5));
  CHECK(racy(kSecond + 5, kSecond + 5, kSecond + 10'000'000));
  CHECK_FALSE(racy(kSecond + 5, kSecond + 5, kSecond + 30'000'000));
  CHECK(racy(kSecond + 5, kSecond + 60'000'000, kSecond + 70'000'000));  // mtime was set back
  CHECK(racy(9 * kSecond, 9 * kSecond, 10 * kSecond));                   // a file system with whole seconds
  CHECK_FALSE(racy(9 * kSecond, 9 * kSecond, 12 * kSecond));
  CHECK(racy(20 * kSecond + 1, 20 * kSecond + 1, 12 * kSecond));  // the future
}

TEST_CASE("a damaged index costs time and nothing else") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(300));
  (void)indexed(file);
  const auto sound = testing::read(index_beside(file));
  const auto key = parse_key("label:host00001").value();
  const auto expected = lines_of(find_by_scan(view_of(file), key).value());
  REQUIRE(expected.size() == 1);
  Random random(3);
  for (int round = 0; round < 400; ++round) {
    auto bytes = sound;
    // Every page is hit somewhere: the one that matters is among them.
    for (std::size_t page = 0; page < bytes.size(); page += format::kPage)
      if (round % 2 == 0 || random.one_in(3))
        bytes[page + random.below(format::kPage)] ^= static_cast<char>(1U << random.below(8));
    if (round % 5 == 0) std::fill(bytes.begin() + 512, bytes.end(), '\0');
    testing::write(index_beside(file), bytes);
    const auto view = view_of(file);
    REQUIRE(lines_of(find(view, key).value()) == expected);
  }
}

TEST_CASE("a damaged index is replaced by the look-up that meets it") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(300));
  (void)indexed(file);
  const auto sound = testing::read(index_beside(file));
  auto bytes = sound;
  for (std::size_t page = 512; page < bytes.size(); page += format::kPage) bytes[page + 9] ^= 1;
  testing::write(index_beside(file), bytes);
  const auto view = view_of(file);
  REQUIRE(find(view, parse_key("nosuch").value()).value().matches.empty());
  const auto again = testing::read(index_beside(file));
  CHECK(again != bytes);
  CHECK(again.size() == sound.size());
}

TEST_CASE("what the directory of a database does not take goes to the cache directory") {
  const Folder folder;
  const Folder cache;
  REQUIRE(::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1) == 0);
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(300));
  // A directory in the place of the lock keeps root from writing, too.
  std::filesystem::create_directories(folder / ".enum.fdb.index.lock");
  (void)indexed(file);
  CHECK_FALSE(std::filesystem::exists(index_beside(file)));
  CHECK(std::filesystem::exists(index_in_cache(file)));
  CHECK(Index::open(Source::open(file).value()));
  REQUIRE(::setenv("XDG_CACHE_HOME", "/proc/nowhere", 1) == 0);
  CHECK_FALSE(Index::open(Source::open(file).value()));
  CHECK(build_index(Source::open(file).value()).value() == Built::nowhere);
  CHECK(find(view_of(file), parse_key("label:host00001").value()).value().matches.size() == 1);
  REQUIRE(::unsetenv("XDG_CACHE_HOME") == 0);
}

TEST_CASE("the lock of an index says nothing of whether its folder still takes one") {
  const Folder folder;
  const Folder cache;
  REQUIRE(::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1) == 0);
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(300));
  testing::write(folder / ".enum.fdb.index.lock", "");
  // A directory in the place of the new file keeps root from writing, too.
  std::filesystem::create_directories(folder / ".enum.fdb.index.new");
  (void)indexed(file);
  CHECK_FALSE(std::filesystem::exists(index_beside(file)));
  CHECK(Index::open(Source::open(file).value()));
  REQUIRE(::unsetenv("XDG_CACHE_HOME") == 0);
}

TEST_CASE("an index is as private as its file") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(300));
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  (void)indexed(file);
  struct stat status {};
  REQUIRE(::stat(index_beside(file).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("small files and files being indexed elsewhere are read") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, testing::record({{3, "web01"}}));
  CHECK(build_index(Source::open(file).value()).value() == Built::too_small);
  CHECK(find(view_of(file), parse_key("web01").value()).value().matches.size() == 1);
}

TEST_CASE("the mark of a file of UTF-8 hides no record") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto first =
      testing::record({{1, "lab00"}, {3, "first"}, {5, "8f1d6c3e-2a54-4f0b-9b0e-6f2f6c1a0002"}});
  testing::write(file, "\xEF\xBB\xBF" + first + "\n" + generated(400));
  (void)indexed(file);
  const auto view = view_of(file);
  REQUIRE(Index::open(view[0]));
  for (const auto* word : {"label:first", "uuid:8f1d6c3e2a544f0b9b0e6f2f6c1a0002", "host:lab00"}) {
    const auto key = parse_key(word).value();
    const auto expected = lines_of(find_by_scan(view, key).value());
    REQUIRE_FALSE(expected.empty());
    CHECK(expected.front() == first);
    CHECK(lines_of(find(view, key).value()) == expected);
    const auto lookup = Lookup::open(view[0]).value();
    std::vector<std::uint64_t> offsets;
    lookup.candidates(format::hash(key.folded, key.kinds == only(Kind::host)), offsets);
    std::vector<std::string_view> records;
    std::uint64_t followed = 0;
    for (const auto offset : offsets) lookup.append_records(offset, key, {}, followed, records);
    REQUIRE_FALSE(records.empty());
    CHECK(records.front() == first);
  }
  // Only behind a mark a record begins there.
  testing::write(file, "abc" + first + "\n");
  CHECK_FALSE(Source::open(file).value().record_at(3).value());
}
