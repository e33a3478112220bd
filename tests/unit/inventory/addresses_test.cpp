// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/addresses.hpp"

#include "inventory/batch.hpp"
#include "inventory/find.hpp"
#include "inventory/quick.hpp"
#include "inventory/scan.hpp"
#include "inventory/view.hpp"
#include "unit/inventory/fixture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <optional>

using namespace ctys::inventory;
using testing::Folder;
using testing::record;

namespace {

const std::string kDark =
    record({{1, "lab01"}, {2, "QEMU"}, {3, "dark"}, {6, "52:54:00:00:00:01"}, {28, "dark"}});

struct Mapped {
  Folder folder;
  std::vector<Source> view;
  std::optional<Addresses> addresses;

  explicit Mapped(const std::string& macmap, const std::string& records = kDark + "\n") {
    testing::write(folder / "enum.fdb", records);
    testing::write(folder / "macmap.fdb", macmap);
    view = open_view({folder.path()}).value();
    addresses.emplace(std::vector{folder.path()});
  }
  [[nodiscard]] std::vector<std::string> ask(const std::vector<std::string>& words,
                                             ScanOptions options = {}) const {
    options.addresses = &*addresses;
    std::vector<std::string> lines;
    const auto query = parse_query(words).value();
    (void)scan(view, query, options, [&](const Selected& selected) {
      lines.emplace_back(selected.line);
      return true;
    }).value();
    return lines;
  }
  [[nodiscard]] std::vector<std::string> find(std::string_view key, By by = By::index) const {
    std::vector<std::string> lines;
    const auto found = find_completed(view, parse_key(key).value(), *addresses, by).value();
    for (const auto& match : found.matches) lines.push_back(match.line);
    return lines;
  }
};

const std::string kLit =
    record({{1, "lab01"}, {2, "QEMU"}, {3, "dark"}, {6, "52:54:00:00:00:01"}, {7, "10.0.0.5"}, {28, "dark"}});

}  // namespace

TEST_CASE("only a record that has a MAC address and no other is completed") {
  const Mapped mapped("# told by hand\nx;52:54:00:00:00:01;10.0.0.5\n");
  std::string into;
  CHECK(mapped.addresses->complete(kDark, into) == kLit);
  const auto stated = record({{6, "52:54:00:00:00:01"}, {7, "192.0.2.1"}});
  CHECK(mapped.addresses->complete(stated, into) == stated);
  const auto nobody = record({{3, "dark"}});
  CHECK(mapped.addresses->complete(nobody, into) == nobody);
  const auto stranger = record({{6, "52:54:00:00:00:02"}});
  CHECK(mapped.addresses->complete(stranger, into) == stranger);
  for (const auto* cut : {"", ";;;;;52:54:00:00:00:01", ";;;;;52:54:00:00:00:01;", "no record"})
    CHECK(mapped.addresses->complete(cut, into).starts_with(cut));
  CHECK(mapped.addresses->complete(record({{6, "5254.0000.0001"}}, 43), into) ==
        record({{6, "5254.0000.0001"}, {7, "10.0.0.5"}}, 43));
}

TEST_CASE("of several rows the first with an IPv4 address counts, and what is no address never does") {
  const Mapped mapped(
      "\xEF\xBB\xBF#x;52:54:00:00:00:01;10.0.0.6\r\nx;52:54:00:00:00:01;2001:db8::1\r\nx;52-54-00-00-00-01;"
      "10.0.0.7\r\n"
      "x;52:54:00:00:00:01;10.0.0.8\ny;52:54:00:00:00:02;;\ny;52:54:00:00:00:03;\x1b[31m\n"
      "y;52:54:00:00:00:04;a b\ny;01:00:5e:00:00:01;10.0.0.9\nz;5:4:0:0:0:5;fe80::5\n");
  CHECK(mapped.addresses->of("52:54:00:00:00:01") == "10.0.0.7");
  for (const auto* mac : {"52:54:00:00:00:02", "52:54:00:00:00:03", "52:54:00:00:00:04", "01:00:5e:00:00:01"})
    CHECK(mapped.addresses->of(mac).empty());
  CHECK(mapped.addresses->of("no MAC").empty());
  CHECK(mapped.addresses->macs_of("10.0.0.7") == std::vector<std::string>{"52:54:00:00:00:01"});
  CHECK(mapped.addresses->macs_of("10.0.0.8").empty());
}

TEST_CASE("a query sees completed records, whichever way it searches") {
  // Enough lines that a search for a text is worth its while.
  std::string records = kDark + "\n";
  for (int i = 0; i < 2000; ++i)
    records +=
        record({{1, "lab02"}, {3, "vm" + std::to_string(i)}, {7, "192.0.2.77"}, {28, "filler"}}) + "\n";
  const Mapped mapped("x;52:54:00:00:00:01;10.0.0.5\n", records);
  const std::vector<std::string> expected{kLit};
  for (const auto& words : std::vector<std::vector<std::string>>{{"10\\.0\\.0\\.5"},
                                                                 {"00:01;10"},
                                                                 {"0\\.5;;"},
                                                                 {"dark"},
                                                                 {"F:7:^10"},
                                                                 {"F:3:dark"},
                                                                 {"E:3:28", "NOT", "filler"}})
    CHECK(mapped.ask(words) == expected);
  CHECK(mapped.ask({"00:01;;"}).empty());
  ScanOptions numbered;
  numbered.numbers = true;
  CHECK(mapped.ask({"0.0.5"}, numbered) == expected);
}

TEST_CASE("a text that a completed record may hold is told from one that it may not") {
  const Mapped mapped("x;52:54:00:00:00:01;10.0.0.5\n");
  for (const auto* text : {"0.0", "10.0.0.5", "01;10.", "0.5;", "a;10.0.0.5;b"})
    CHECK(mapped.addresses->may_bring(text));
  for (const auto* text : {"web", "10.0.0.55", "01;0.5", "10.;", "a;10.0.0;b", ";;", "QEMU;web"})
    CHECK_FALSE(mapped.addresses->may_bring(text));
}

TEST_CASE("an address finds the machine that has it by the map, where no record states it") {
  const auto other = record({{1, "lab01"}, {3, "other"}, {6, "52:54:00:00:00:02"}, {7, "10.0.0.6"}});
  const auto moved = record({{1, "lab01"}, {3, "moved"}, {6, "52:54:00:00:00:03"}, {7, "10.0.0.9"}});
  const Mapped mapped(
      "x;52:54:00:00:00:01;10.0.0.5\nx;52:54:00:00:00:03;10.0.0.6\nx;52:54:00:00:00:04;2001:db8:0::4\n",
      kDark + "\n" + other + "\n" + moved + "\n" + record({{3, "six"}, {6, "525400000004"}}) + "\n");
  for (const auto by : {By::index, By::scan}) {
    CHECK(mapped.find("10.0.0.5", by) == std::vector{kLit});
    CHECK(mapped.find("tcp:10.0.0.5", by) == std::vector{kLit});
    CHECK(mapped.find("dark", by) == std::vector{kLit});
    CHECK(mapped.find("10.0.0.6", by) == std::vector{other});
    CHECK(mapped.find("label:10.0.0.5", by).empty());
    CHECK(mapped.find("2001:DB8::4", by).size() == 1);
  }
  CHECK(mapped.find("10.0.0.7").empty());
}

TEST_CASE("keys in a batch are answered from the map, too") {
  const Mapped mapped("x;52:54:00:00:00:01;10.0.0.5\n");
  const auto keys = mapped.folder / "keys";
  const auto answers = mapped.folder / "answers";
  testing::write(keys, "10.0.0.5\n10.0.0.6\ndark\n");
  testing::write(answers, "");
  const int in = ::open(keys.c_str(), O_RDONLY | O_CLOEXEC);
  const int out = ::open(answers.c_str(), O_WRONLY | O_CLOEXEC);
  BatchOptions options;
  options.addresses = &*mapped.addresses;
  const auto result = answer_batch(
      mapped.view, in, out,
      [](const Key&, std::span<const std::string_view> records, std::string& text) {
        for (const auto line : records) text += field(line, 3);
      },
      options);
  ::close(in);
  ::close(out);
  REQUIRE(result);
  CHECK(testing::read(answers) == "dark\n\ndark\n");
  CHECK(result->found == 2);
}

TEST_CASE("the short way leaves completed records to the long one") {
  const Mapped mapped("x;52:54:00:00:00:01;10.0.0.5\n");
  const auto answer = [&](std::string columns) {
    std::vector<std::string> words{
        "ctys", "vhost", "dark", "-o", std::move(columns), "-p", mapped.folder.path().string()};
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    return quick_answer(pointers);
  };
  CHECK(answer("l") == "dark\n");
  CHECK_FALSE(answer("l,tcp"));
  CHECK_FALSE(answer("machine"));
  std::filesystem::remove(mapped.folder / "macmap.fdb");
  CHECK(answer("l,tcp") == "dark;\n");
}

TEST_CASE("a map that cannot be read is told about, and the records are there without it") {
  const Mapped mapped("");
  std::filesystem::remove(mapped.folder / "macmap.fdb");
  std::filesystem::create_directory(mapped.folder / "macmap.fdb");
  const Addresses addresses({mapped.folder.path()});
  std::string into;
  CHECK(addresses.complete(kDark, into) == kDark);
  REQUIRE(addresses.warnings().size() == 1);
  CHECK(addresses.warnings().front().find("macmap.fdb") != std::string::npos);
}

TEST_CASE("rows that complete nothing because they are broken are told") {
  const Mapped mapped("# names\n\ndark;52:54:00:00:00:01;10.0.0.7;extra\nweb;52:54:00:00:00:02;\n;no;row\n");
  CHECK(mapped.addresses->of("52:54:00:00:00:01").empty());
  const auto warnings = mapped.addresses->warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front() == "2 lines of " + (mapped.folder / "macmap.fdb").string() +
                                " are no rows and were passed over, the first is line 3");
}
