// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/batch.hpp"

#include "base/file.hpp"
#include "inventory/cells.hpp"
#include "inventory/find.hpp"
#include "inventory/index.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

using namespace ctys;
using namespace ctys::inventory;
using ctys::generator::InventoryGenerator;
using ctys::generator::Random;
using testing::Folder;

namespace {

// All records that hold the key, apart by '|'.
void answer_all(const Key& key, std::span<const std::string_view> records, std::string& out) {
  out += key.text;
  for (const auto record : records) out.append("|").append(record);
}

struct Run {
  BatchResult result;
  std::string out;
};
Result<Run> run(std::span<const Source> view, const Folder& folder, std::string_view keys,
                unsigned threads = 1, Extent extent = Extent::line, const Answer& answer = answer_all) {
  testing::write(folder / "keys", keys);
  const Fd in(::open((folder / "keys").c_str(), O_RDONLY | O_CLOEXEC));
  const Fd out(::open((folder / "answers").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  auto result = TRY(answer_batch(view, in.get(), out.get(), answer, {threads, {extent, 1U << 20U}}));
  return Run{std::move(result), testing::read(folder / "answers")};
}

std::string expected_answers(std::span<const Source> view, const std::string& keys) {
  std::istringstream in(keys);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (const auto key = parse_key(line)) {
      out += key->text;
      const auto found = find_by_scan(view, *key).value();
      for (const auto& match : found.matches) out += "|" + match.line;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a batch answers every key as a look-up of it alone does, in order") {
  const Folder folder;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<Source> view;
    for (const auto* name : {"a.fdb", "b.fdb"}) {
      if (seed % 2 == 0 && !view.empty()) break;
      testing::write(folder / name, testing::random_inventory(random, seed % 3 == 0 ? 20000 : 80000));
      view.push_back(seed % 3 == 0 ? Source::open(folder / name).value() : testing::indexed(folder / name));
    }
    std::string keys;
    constexpr std::array<std::string_view, 6> kPrefixes{"", "", "label:", "host:", "mac:", "nosuch:"};
    for (int i = 0; i < 150; ++i)
      keys += std::string(random.of(kPrefixes)) +
              (random.one_in(9) ? "host" + std::to_string(i % 30) : testing::random_value(random)) + "\n";
    keys += "\nweb01;\nweb01";
    const auto done = run(view, folder, keys, 2).value();
    const auto expected = expected_answers(view, keys);
    std::istringstream in(done.out);
    std::istringstream wanted(expected);
    for (std::string answer, right; std::getline(in, answer) && std::getline(wanted, right);) {
      CAPTURE(answer.substr(0, 300), right.substr(0, 300), answer.size(), right.size());
      REQUIRE((answer == right));
    }
    CHECK(done.out.size() == expected.size());
    CHECK(done.result.keys == 153);
    CHECK(done.result.bad >= 2);
    CHECK(done.result.written);
    CHECK(done.result.warnings.size() == view.size());
  }
}

TEST_CASE("every line has one answer, and the first that is no key is told by its number", "[threads]") {
  const Folder folder;
  testing::write(folder / "enum.fdb", testing::record({{1, "lab00"}, {2, "QEMU"}, {3, "web01"}}) + "\n");
  std::vector<Source> view;
  view.push_back(Source::open(folder / "enum.fdb").value());
  std::string keys = "web01\n\n  \r\n\r\nweb01\n";
  auto done = run(view, folder, keys).value();
  CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 5);
  CHECK(done.result.keys == 5);
  CHECK(done.result.found == 2);
  CHECK(done.result.bad == 0);

  // Enough for several threads; what is longer than any key comes in parts of what is read at once.
  for (int i = 0; i < 30000; ++i) keys += "web01\n";
  keys += "nosuch:x\n" + std::string(10'000'000, 'x') + "\nweb01\nuuid:1\n" + std::string(100'000, 'y');
  done = run(view, folder, keys, 2).value();
  CHECK(done.result.keys == 30010);
  CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 30010);
  CHECK(done.result.bad == 4);
  CHECK(done.result.first_bad_line == 30006);
  CHECK_THAT(done.result.first_bad, Catch::Contains("nosuch"));
}

TEST_CASE("blanks behind a key do not count, and addresses come as others print them") {
  const Folder folder;
  testing::write(folder / "enum.fdb",
                 testing::record({{1, "lab00"},
                                  {2, "QEMU"},
                                  {3, "web01"},
                                  {5, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
                                  {7, "2001:db8::1"}}) +
                     "\n" + testing::record({{1, "lab00"}, {2, "QEMU"}, {3, "web02"}, {7, "fe80::1"}}) +
                     "\n");
  std::vector<Source> view;
  view.push_back(Source::open(folder / "enum.fdb").value());
  const std::string keys =
      "web01 \nweb01\t\nweb01 \r\nweb01\r\r\n[2001:db8::1]\n[2001:DB8:0::1]\r\nfe80::1%eth0\n"
      "{6BA7B810-9dad-11d1-80b4-00c04fd430c8}\nurn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8\n";
  const auto done = run(view, folder, keys).value();
  CHECK(done.result.keys == 9);
  CHECK(done.result.found == 9);
  CHECK(done.result.bad == 0);
}

TEST_CASE("threads keep the order of a long batch", "[threads]") {
  const Folder folder;
  InventoryGenerator generator(5);
  std::string content;
  std::string keys;
  for (int i = 0; i < 4000; ++i) generator.append_record(content);
  testing::write(folder / "enum.fdb", content);
  std::vector<Source> view;
  view.push_back(testing::indexed(folder / "enum.fdb", 2));
  Reader reader(view[0]);
  std::vector<std::string> macs;
  for (Line line; reader.next(line);) macs.emplace_back(field(line.text, 6));
  Random random(1);
  for (int i = 0; i < 15000; ++i) keys += macs[random.below(macs.size())] + "\n";
  const auto one = run(view, folder, keys, 1).value();
  const auto three = run(view, folder, keys, 3).value();
  CHECK(one.out == three.out);
  CHECK(three.result.found == 15000);
  std::istringstream in(keys);
  std::istringstream answers(one.out);
  for (std::string key, answer; std::getline(in, key) && std::getline(answers, answer);)
    REQUIRE(answer.compare(0, key.size() + 1, key + "|") == 0);
}

TEST_CASE("an answer comes before the next key is there", "[threads]") {
  const Folder folder;
  testing::write(folder / "enum.fdb",
                 testing::record({{3, "web01"}}) + "\n" + testing::record({{3, "db01"}}));
  std::vector<Source> view;
  view.push_back(Source::open(folder / "enum.fdb").value());
  std::array<int, 2> keys{};
  std::array<int, 2> answers{};
  REQUIRE(::pipe2(keys.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(answers.data(), O_CLOEXEC) == 0);
  bool good = false;
  std::thread other([&] {
    const auto done = answer_batch(view, keys[0], answers[1], [](const Key&, auto records, std::string& out) {
      out += field(records[0], 3);
    });
    good = done && done->found == 2;
  });
  std::array<char, 64> buffer{};
  REQUIRE(write_all(keys[1], "web01\n"));
  CHECK(::read(answers[0], buffer.data(), buffer.size()) == 6);
  REQUIRE(write_all(keys[1], "db"));
  REQUIRE(write_all(keys[1], "01"));
  ::close(keys[1]);
  CHECK(::read(answers[0], buffer.data(), buffer.size()) == 5);
  other.join();
  CHECK(good);
  ::close(keys[0]);
  ::close(answers[0]);
  ::close(answers[1]);
}

TEST_CASE("a damaged index does not change the answers of a batch", "[threads]") {
  const Folder folder;
  InventoryGenerator generator(5);
  std::string content;
  std::string keys;
  for (int i = 0; i < 500; ++i) generator.append_record(content);
  testing::write(folder / "enum.fdb", content);
  std::vector<Source> view;
  view.push_back(testing::indexed(folder / "enum.fdb"));
  Reader reader(view[0]);
  for (Line line; reader.next(line);)
    keys += std::string(field(line.text, 7)) + "\nhost:" + std::string(field(line.text, 1)) + "\n";
  const auto sound = run(view, folder, keys).value();
  auto bytes = testing::read(index_beside(folder / "enum.fdb"));
  for (std::size_t page = 512; page < bytes.size(); page += 1024) bytes[page + 100] ^= 1;
  testing::write(index_beside(folder / "enum.fdb"), bytes);
  REQUIRE(Index::open(view[0]));
  const auto damaged = run(view, folder, keys, 2).value();
  CHECK(damaged.out == sound.out);
}

TEST_CASE("a batch that need not know where lines end finds the same records") {
  constexpr std::array<std::size_t, 5> kNumbers{1, 3, 7, 28, kFieldsBefore - 1};
  const Answer fields = [&](const Key&, std::span<const std::string_view> records, std::string& out) {
    for (const auto record : records)
      for (const auto number : kNumbers) out.append("|").append(Cells(record).get(number));
  };
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const Folder folder;
    Random random(seed);
    const auto file = folder / "enum.fdb";
    testing::write(file, testing::random_inventory(random, 80000));
    std::vector<Source> view;
    view.push_back(seed % 2 == 0 ? Source::open(file).value() : testing::indexed(file));
    std::string keys;
    for (int i = 0; i < 300; ++i)
      keys += random.one_in(9) ? "host:host" + std::to_string(i % 30) + "\n"
                               : testing::random_value(random) + "\n";
    CHECK(run(view, folder, keys, 1, Extent::open, fields).value().out ==
          run(view, folder, keys, 1, Extent::line, fields).value().out);
  }
}

TEST_CASE("a file that is cut while a batch reads it is an error and no crash") {
  const Folder folder;
  InventoryGenerator generator(5);
  std::string content;
  for (int i = 0; i < 20000; ++i) generator.append_record(content);
  testing::write(folder / "enum.fdb", content);
  std::vector<Source> view;
  view.push_back(testing::indexed(folder / "enum.fdb"));
  const auto label = field(std::string_view(content).substr(content.rfind('\n', content.size() - 2) + 1), 3);
  std::array<int, 2> keys{};
  REQUIRE(::pipe2(keys.data(), O_CLOEXEC) == 0);
  const Fd out(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  std::string error;
  std::thread other([&] {
    const auto done = answer_batch(view, keys[0], out.get(), [&](const Key&, auto, std::string&) {
      if (error.empty() && ::truncate((folder / "enum.fdb").c_str(), 5000) == 0) error = "cut";
    });
    error = done ? "none" : done.error().why;
  });
  // The first answer cuts the file, the second key lies behind the cut.
  REQUIRE(write_all(keys[1], "nosuch\n"));
  for (int i = 0; i < 200; ++i) REQUIRE(write_all(keys[1], std::string(label) + "\n"));
  ::close(keys[1]);
  other.join();
  CHECK(error == "it changed while it was read");
  ::close(keys[0]);
}

TEST_CASE("a reader of answers that leaves ends the batch") {
  const Folder folder;
  testing::write(folder / "enum.fdb", testing::record({{3, "web01"}}));
  std::vector<Source> view;
  view.push_back(Source::open(folder / "enum.fdb").value());
  testing::write(folder / "keys", "web01\nweb01\n");
  const Fd in(::open((folder / "keys").c_str(), O_RDONLY | O_CLOEXEC));
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  CHECK_FALSE(answer_batch(view, in.get(), full.get(), answer_all).value().written);
}
