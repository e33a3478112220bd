// Killing whoever writes, at any instant, a thousand times: readers see the old state or the new one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/find.hpp"
#include "inventory/index.hpp"
#include "inventory/store.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

using namespace ctys;
using namespace ctys::inventory;
using ctys::generator::InventoryGenerator;
using ctys::generator::Random;
using testing::Folder;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kKills = 500;  // of each kind

// Runs `work` in a child and kills it after a random part of the time that it usually takes; the first one is
// left alone, to learn that time.
template <class Work>
void kill_within(Random& random, Clock::duration& usual, const Work& work) {
  const auto begin = Clock::now();
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    ::_exit(0);
  }
  const auto limit = begin + usual * static_cast<long>(random.below(1200)) / 1000;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (usual != Clock::duration::zero() && Clock::now() >= limit) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  const auto took = Clock::now() - begin;
  if (WIFEXITED(status)) usual = usual == Clock::duration::zero() ? took : (usual * 3 + took) / 4;
}

std::string generated(std::size_t records, std::uint64_t seed) {
  InventoryGenerator generator(seed);
  std::string content;
  for (std::size_t i = 0; i < records; ++i) generator.append_record(content);
  return content;
}

}  // namespace

TEST_CASE("a killed writer leaves the old file or the new one") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  const auto one = generated(300, 1);
  const auto two = generated(250, 2);
  testing::write(file, one);
  Random random(1);
  auto usual = Clock::duration::zero();
  int changed = 0;
  std::string before = one;
  for (int i = 0; i < kKills; ++i) {
    const auto& next = before == one ? two : one;
    kill_within(random, usual, [&] { (void)replace(file, next); });
    const auto now = testing::read(file);
    const bool whole = now == before || now == next;
    REQUIRE(whole);
    changed += now == next ? 1 : 0;
    before = now == next ? next : before;
  }
  CHECK(changed > 0);
  // What a killed writer leaves behind is in nobody's way.
  REQUIRE(replace(file, "last"));
  CHECK(testing::read(file) == "last");
  CHECK_FALSE(std::filesystem::exists(folder / ".enum.fdb.new"));
}

TEST_CASE("a killed builder leaves an index that is right, or none") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  testing::write(file, generated(400, 1));
  (void)testing::indexed(file);
  const auto key = parse_key("host:host00001.lab.example").value();
  std::vector<Source> view;
  view.push_back(Source::open(file).value());
  const auto expected = find_by_scan(view, key).value().matches.size();
  REQUIRE(expected > 0);
  Random random(2);
  auto usual = Clock::duration::zero();
  int built = 0;
  for (int i = 0; i < kKills; ++i) {
    if (i % 2 == 0) std::filesystem::remove(index_beside(file));
    kill_within(random, usual, [&] { (void)build_index(view[0], 1); });
    if (const auto index = Index::open(view[0])) {
      ++built;
      REQUIRE(index->candidates(key));
    }
    if (i % 10 == 0) REQUIRE(find(view, key).value().matches.size() == expected);
  }
  CHECK(built > 0);
}

TEST_CASE("readers beside writers and builders see one whole state", "[threads]") {
  const Folder folder;
  const auto file = folder / "enum.fdb";
  // Two states that differ in one machine's address, with which all others come and go.
  std::string first;
  std::string second;
  for (int i = 0; i < 800; ++i) {
    const auto label = "vm" + std::to_string(i);
    first += testing::record({{3, label}, {7, "10.0.0.1"}, {43, std::string(100, 'a')}}) + "\n";
    second += testing::record({{3, label}, {7, "10.0.0.2"}, {43, std::string(90, 'b')}}) + "\n";
  }
  testing::write(file, first);
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> answers = 0;
  const auto reader = [&](std::uint64_t seed) {
    Random random(seed);
    while (!stop) {
      std::vector<Source> view;
      view.push_back(Source::open(file).value());
      const auto all = find(view, make_key(Kind::tcp, random.one_in(2) ? "10.0.0.1" : "10.0.0.2").value());
      const auto one = find(view, make_key(Kind::label, "vm" + std::to_string(random.below(800))).value());
      const bool right =
          all && one && (all->matches.empty() || all->matches.size() == 800) && one->matches.size() == 1;
      wrong += right ? 0 : 1;
      ++answers;
    }
  };
  std::thread a(reader, 1);
  std::thread b(reader, 2);
  for (int i = 0; i < 20 || answers < 50; ++i) {
    REQUIRE(replace(file, i % 2 == 0 ? second : first));
    // Until the index of this state is there, as a reader builds it.
    if (i % 4 == 0) (void)testing::indexed(file);
  }
  stop = true;
  a.join();
  b.join();
  CHECK(wrong == 0);
}
