// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/pieces.hpp"

#include "inventory/copy.hpp"
#include "inventory/scan.hpp"
#include "unit/inventory/fixture.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <atomic>

using namespace ctys;
using namespace ctys::inventory;
using testing::Folder;
using testing::record;

namespace {

struct Seen {
  std::string text;
  Faults faults;
  bool in_order = true;
};

Seen lines_of(const Source& source, unsigned threads) {
  const Pieces pieces(source, threads);
  std::vector<Block> blocks(pieces.slots());
  Seen seen;
  std::uint64_t end = 0;
  const auto done = pieces.work([&](std::size_t slot, const Block& block, Faults&) { blocks[slot] = block; },
                                [&](std::size_t slot, const Faults& faults) {
                                  seen.in_order &= blocks[slot].offset >= end || blocks[slot].text.empty();
                                  end = blocks[slot].offset + blocks[slot].text.size();
                                  seen.text += blocks[slot].text;
                                  seen.faults.add(faults);
                                  return true;
                                });
  REQUIRE(done);
  return seen;
}

// Lines of random lengths; of the long ones some are too long.
std::string random_lines(generator::Random& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const auto kind = random.below(2000);
    const auto length = kind == 0   ? random.below(3 * kMaxLine)
                        : kind < 20 ? random.below(9000)
                                    : random.below(900);
    text.append(length, static_cast<char>('a' + random.below(26))) += '\n';
  }
  if (random.below(2) == 0) text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("pieces hold every line once and in order, with any number of threads", "[threads]") {
  generator::Random random(21);
  for (int round = 0; round < 12; ++round) {
    const auto text = random_lines(random, 100 + random.below(4'000'000));
    const Folder folder;
    testing::write(folder / "enum.fdb", (round % 3 == 0 ? std::string(kMark) : std::string()) + text);
    const auto source = Source::open(folder / "enum.fdb");
    REQUIRE(source);
    std::string expected;
    for (std::string_view rest = text; !rest.empty();) {
      const auto line = cut_line(rest);
      if (line.size() <= kMaxLine) expected.append(line) += '\n';
    }
    for (const unsigned threads : {1U, 2U, 5U}) {
      const auto seen = lines_of(*source, threads);
      CHECK(seen.in_order);
      // What is too long for a piece is left out and counted; within a piece it is for the reader to judge.
      std::string kept;
      std::uint64_t too_long = seen.faults.count;
      for (std::string_view rest = seen.text; !rest.empty();) {
        const auto line = cut_line(rest);
        if (line.size() <= kMaxLine)
          kept.append(line) += '\n';
        else
          ++too_long;
      }
      INFO("round " << round << ", " << threads << " threads");
      CHECK((kept == expected));
      std::uint64_t all = 0;
      for (std::string_view rest = text; !rest.empty();) all += cut_line(rest).size() > kMaxLine ? 1 : 0;
      CHECK(too_long == all);
    }
  }
}

TEST_CASE("a file without lines has pieces without any") {
  const Folder folder;
  for (const auto& content :
       {std::string(), std::string("\n"), std::string(kMark), std::string(3'000'000, 'x')}) {
    testing::write(folder / "enum.fdb", content);
    const auto source = Source::open(folder / "enum.fdb");
    REQUIRE(source);
    const auto seen = lines_of(*source, 3);
    CHECK(seen.text == (content == "\n" ? content : std::string()));
    CHECK(seen.faults.count == (content.size() > kMaxLine ? 1 : 0));
  }
}

TEST_CASE("who has seen enough is given no more, and the others stop", "[threads]") {
  const Folder folder;
  testing::write(folder / "enum.fdb", std::string(10'000'000, '\n'));
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  const Pieces pieces(*source, 4);
  std::atomic<int> given = 0;
  REQUIRE(pieces.work([](std::size_t, const Block&, Faults&) {},
                      [&](std::size_t, const Faults&) { return ++given < 3; }));
  CHECK(given == 3);
}

TEST_CASE("scans and copies give the same with many threads as with one", "[threads]") {
  generator::Random random(22);
  const auto content = testing::random_inventory(random, 2'500'000);
  const Folder folder;
  testing::write(folder / "enum.fdb", content);
  testing::write(folder / "macmap.fdb", "m;52:54:00:00:00:01;192.0.2.7\n");
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  const Addresses addresses({folder.path()});
  const std::vector<std::string> words{"web", "OR", "F:2:QEMU"};
  const auto query = parse_query(words);
  REQUIRE(query);
  for (const bool inverted : {false, true}) {
    std::array<std::string, 2> found;
    std::array<std::vector<std::string>, 2> warnings;
    for (const unsigned threads : {1U, 4U}) {
      ScanOptions options;
      options.threads = threads;
      options.inverted = inverted;
      options.addresses = &addresses;
      const auto at = threads / 4;
      const auto done = scan(std::span(&*source, 1), *query, options, [&](const Selected& one) {
        found[at].append(std::to_string(one.offset)).append(one.line) += '\n';
        return true;
      });
      REQUIRE(done);
      warnings[at] = *done;
    }
    CHECK_FALSE(found[0].empty());
    CHECK((found[0] == found[1]));
    CHECK(warnings[0] == warnings[1]);
  }
  std::array<std::string, 2> copied;
  for (const unsigned threads : {1U, 4U})
    REQUIRE(copy_records(
        std::span(&*source, 1), addresses,
        [&](std::string_view text, bool plain) {
          copied[threads / 4].append(text) += plain ? "" : "\n";
          return true;
        },
        threads));
  CHECK((copied[0] == copied[1]));
}

TEST_CASE("a copy fills addresses in, and passes everything else on in one piece") {
  const Folder folder;
  const auto full = record({{3, "web01"}, {6, "52:54:00:00:00:01"}, {7, "192.0.2.1"}});
  const auto bare = record({{3, "web02"}, {6, "52:54:00:00:00:02"}});
  const auto other = record({{3, "web03"}, {6, "52:54:00:00:00:03"}});
  testing::write(folder / "enum.fdb", full + "\n" + full + "\n" + bare + "\n" + other + "\n" + full + "\n");
  testing::write(folder / "macmap.fdb", "web02;52:54:00:00:00:02;192.0.2.2\n");
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  std::vector<std::pair<std::string, bool>> parts;
  REQUIRE(copy_records(std::span(&*source, 1), Addresses({folder.path()}),
                       [&](std::string_view text, bool plain) {
                         parts.emplace_back(text, plain);
                         return true;
                       }));
  const auto filled = record({{3, "web02"}, {6, "52:54:00:00:00:02"}, {7, "192.0.2.2"}});
  REQUIRE(parts.size() == 3);
  CHECK(parts[0] == std::pair(full + "\n" + full + "\n", true));
  CHECK(parts[1] == std::pair(filled, false));
  CHECK(parts[2] == std::pair(other + "\n" + full + "\n", true));
}

TEST_CASE("a search that matches other lines tells of those that are no records, too") {
  const Folder folder;
  testing::write(folder / "enum.fdb", "broken;line\n" + testing::record({{3, "web01"}}) + "\n");
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  for (const std::string word : {"web01", "nosuch", "w.b01", "F:3:web"}) {
    CAPTURE(word);
    const std::vector<std::string> words{word};
    const auto query = parse_query(words);
    REQUIRE(query);
    const auto done = scan(std::span(&*source, 1), *query, {}, [](const Selected&) { return true; });
    REQUIRE(done);
    CHECK(done->size() == 1);
  }
}
