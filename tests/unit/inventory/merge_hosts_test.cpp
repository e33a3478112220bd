// The scans of several hosts, brought into one file in one pass.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/compose.hpp"
#include "inventory/merge.hpp"
#include "unit/inventory/fixture.hpp"

#include <array>

using namespace ctys::inventory;
using ctys::inventory::testing::Folder;
using ctys::inventory::testing::record;

namespace {

constexpr const char* kSeen = "2026-11-21T12:00:00Z";

// The same machine on every host that has it.
std::string line(const std::string& host, const std::string& label, const std::string& seen = {}) {
  return record({{1, host},
                 {2, "QEMU"},
                 {3, label},
                 {5, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
                 {6, "52:54:00:00:00:01"},
                 {32, seen},
                 {42, "qemu:///system"}});
}

Scan scan_of(std::vector<Scanned> records, bool is_reached) {
  return {std::move(records), kSeen, MergeMode::replace,
          [=](std::string_view /*line*/) { return is_reached; }};
}

}  // namespace

TEST_CASE("each scan is about the records of its own host") {
  const Folder folder;
  testing::write(folder / "enum.fdb", line("lab03", "c") + "\n" + line("lab02", "b") + "\n" +
                                          line("lab01", "a") + "\n" + line("lab04", "d") + "\n");
  const auto source = Source::open(folder / "enum.fdb");
  REQUIRE(source);
  const auto one = scan_of({{line("lab01", "new"), true}}, true);
  const auto two = scan_of({}, true);
  const auto three = scan_of({}, false);
  const std::array scans{ScanOf{&one, "LAB01"}, ScanOf{&two, "lab02"}, ScanOf{&three, "lab03"}};
  const auto merge = plan_merge(&*source, scans);
  REQUIRE(merge);
  using Kind = RecordChange::Kind;
  CHECK(merge->count(Kind::changed) == 1);
  CHECK(merge->count(Kind::gone) == 1);
  CHECK(merge->count(Kind::kept) == 1);
  CHECK(merge->others == 1);
  std::string text;
  REQUIRE(write_merge(&*source, *merge, [&](std::string_view piece) -> ctys::Result<void> {
    text += piece;
    return {};
  }));
  CHECK(text == line("lab03", "c") + "\n" + line("lab01", "new", kSeen) + "\n" + line("lab04", "d") + "\n");
}

TEST_CASE("a machine that several hosts have is a record of each") {
  const auto one = scan_of({{line("lab01", "a"), true}}, true);
  const auto two = scan_of({{line("lab02", "a"), true}}, true);
  const std::array scans{ScanOf{&one, "lab01"}, ScanOf{&two, "lab02"}};
  const auto merge = plan_merge(nullptr, scans);
  REQUIRE(merge);
  CHECK(merge->appended == std::vector<std::string>{line("lab01", "a", kSeen), line("lab02", "a", kSeen)});
}
