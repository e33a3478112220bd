// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/labels.hpp"

#include "inventory/view.hpp"
#include "unit/inventory/fixture.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

using namespace ctys::inventory;
using testing::Folder;
using testing::record;

namespace {

std::vector<std::string> texts(const std::vector<LabelStart>& labels) {
  std::vector<std::string> all;
  for (const auto& label : labels) all.push_back(label.text + (label.whole ? "" : "*"));
  return all;
}

// A database that is old enough to be believed, with labels m000 to m999 and some others.
struct Old {
  Folder cache;
  Folder folder;
  std::vector<Source> view;
  Old() {
    REQUIRE(::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1) == 0);
    std::string text;
    for (int i = 999; i >= 0; --i) {
      const auto number = std::to_string(1000 + i).substr(1);
      text +=
          record({{3, "m" + number}, {6, "52:54:00:00:00:01"}}) + "\n" + record({{3, "m" + number}}) + "\n";
    }
    for (const auto* label : {"\xc3\xa4pfel", "\xc3\xb6l", "", "tab\tlabel"})
      text += record({{3, label}}) + "\n";
    testing::write(folder / "enum.fdb", text);
    view = open_view({folder.path()}).value();
    // A file that changed within the clock's last tick is not believed yet.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (lists().empty() && std::chrono::steady_clock::now() < end) refresh_labels(view.front());
    REQUIRE(lists().size() == 1);
  }
  [[nodiscard]] std::vector<std::filesystem::path> lists() const {
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(cache / "ctys/lists", none))
      if (entry.path().extension() != ".lock") found.push_back(entry.path());
    return found;
  }
  [[nodiscard]] auto ask(std::string_view beginning, std::size_t limit = 20) const {
    return texts(labels_starting(view, beginning, limit));
  }
};

}  // namespace

TEST_CASE("labels are found by their beginning, each once") {
  const Old old;
  using Texts = std::vector<std::string>;
  for (int round = 0; round < 2; ++round) {
    CHECK(old.ask("m12") ==
          Texts{"m120", "m121", "m122", "m123", "m124", "m125", "m126", "m127", "m128", "m129"});
    CHECK(old.ask("m999") == Texts{"m999"});
    CHECK(old.ask("m000") == Texts{"m000"});
    CHECK(old.ask("n").empty());
    CHECK(old.ask("l").empty());
    CHECK(old.ask("m9991").empty());
    CHECK(old.ask("\xc3\xa4") == Texts{"\xc3\xa4pfel"});
  }
}

TEST_CASE("too many labels are shown by what they go on with, in whole characters") {
  const Old old;
  using Texts = std::vector<std::string>;
  CHECK(old.ask("m") == Texts{"m0*", "m1*", "m2*", "m3*", "m4*", "m5*", "m6*", "m7*", "m8*", "m9*"});
  CHECK(old.ask("", 5) == Texts{"m*", "\xc3\xa4*", "\xc3\xb6*"});
  CHECK(old.ask("\xc3", 1) == Texts{"\xc3\xa4*", "\xc3\xb6*"});
}

TEST_CASE("a list that does not belong to the file is made anew, a damaged one does no harm") {
  const Old old;
  const auto list = old.lists().front();
  const auto good = testing::read(list);
  REQUIRE(good.starts_with("ctys-labels 1 "));
  for (const auto& bad : {std::string(), good.substr(0, good.size() / 2), std::string("ctys-labels 1\n"),
                          good + "more\n", "x" + good}) {
    testing::write(list, bad);
    CHECK(old.ask("m999") == std::vector<std::string>{"m999"});
    CHECK(testing::read(list) == good);
  }
  auto damaged = good;
  const auto body = static_cast<std::ptrdiff_t>(damaged.find('\n')) + 1;
  std::replace(damaged.begin() + body, damaged.end(), '\n', '\x1b');
  testing::write(list, damaged);
  CHECK(old.ask("m999").empty());
}
