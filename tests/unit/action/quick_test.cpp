// The short way of `ctys vhost` against the long one: where it answers, it prints the same.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/quick.hpp"

#include "action/run.hpp"
#include "cli/command.hpp"
#include "model/schema.hpp"
#include "unit/inventory/random_inventory.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace ctys;
using inventory::testing::Folder;
using inventory::testing::random_value;

namespace {

// A file takes the place of stdout as long as this lives.
class Captured {
 public:
  explicit Captured(const std::filesystem::path& file) : saved_(::dup(STDOUT_FILENO)) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(::dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
    ::close(fd);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

struct Outcome {
  Exit status = Exit::ok;
  std::string text;
};

Outcome long_way(const Folder& folder, std::vector<std::string> words) {
  words.erase(words.begin());
  const auto command = cli::parse("ctys", words);
  if (!command) return {command.error().code, {}};
  Outcome outcome;
  {
    const Captured captured(folder / "out");
    outcome.status = action::run(std::get<model::Request>(*command));
  }
  outcome.text = inventory::testing::read(folder / "out");
  return outcome;
}

// Lines that are records, with everything in their fields that a record may hold.
std::string random_records(generator::Random& random, std::size_t count) {
  static const std::array<std::string, 7> kNotes{"",
                                                 "plain",
                                                 "Grüße aus München",
                                                 "\x1b[31mred",
                                                 "a\tb",
                                                 "\xc2\x9b"
                                                 "2J",
                                                 "\xe2\x80\xae"
                                                 "abc"};
  std::string content;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> cells(random.one_in(4) ? inventory::kFieldsBefore : inventory::kFields);
    for (auto& cell : cells)
      if (!random.one_in(3)) cell = random_value(random);
    cells[random.below(cells.size())] = random.of(kNotes);
    cells[0] = random.one_in(10) ? random_value(random) : "host" + std::to_string(i / 5);
    for (std::size_t at = 0; at < cells.size(); ++at) content += (at == 0 ? "" : ";") + cells[at];
    content += random.one_in(8) ? "\r\n" : "\n";
    if (random.one_in(50)) content += "# comment\n\n";
  }
  return content;
}

std::string random_key(generator::Random& random) {
  static const std::array<std::string, 12> kKinds{
      "label:", "l:", "NAME:", "id:", "uuid:", "mac:", "tcp:", "t:", "dns:", "pm:", "host:", "labl:"};
  auto key = random.one_in(6) ? "host" + std::to_string(random.below(60)) : random_value(random);
  return random.one_in(2) ? key : random.of(kKinds) + key;
}

// Words that select fields, and seldom others.
std::string random_columns(generator::Random& random) {
  static const std::array<std::string, 8> kOthers{"ip", "sort", "d", "title", "nosuch", "", "index", "json"};
  const auto known = model::columns(model::Layout::enumerate);
  if (random.one_in(6)) return "machine";
  std::string list;
  for (auto left = 1 + random.below(4); left > 0; --left) {
    std::string_view words = known[random.below(known.size())].keywords;
    while (random.one_in(2) && words.find('|') != std::string_view::npos)
      words.remove_prefix(words.find('|') + 1);
    std::string word(words.substr(0, words.find('|')));
    if (random.one_in(40)) word = random.of(kOthers);
    list += (list.empty() ? "" : ",") + word;
  }
  return list;
}

std::vector<std::string> random_line(generator::Random& random, const std::string& directories) {
  std::vector<std::vector<std::string>> parts{
      {random_key(random)}, {"-o", random_columns(random)}, {"-p", directories}};
  for (std::size_t at = parts.size() - 1; at > 0; --at) std::swap(parts[at], parts[random.below(at + 1)]);
  std::vector<std::string> words{"ctys", "vhost"};
  for (const auto& part : parts) words.insert(words.end(), part.begin(), part.end());
  return words;
}

}  // namespace

TEST_CASE("the short way of a look-up prints what the long way prints, and says that it went well") {
  const Folder folder;
  generator::Random random(20261121);
  for (const std::string_view name : {"small", "large"}) {
    std::filesystem::create_directory(folder / name);
    inventory::testing::write(folder / name / "enum.fdb", random_records(random, name == "small" ? 40 : 600));
  }
  (void)inventory::testing::indexed(folder / "large" / "enum.fdb");
  const std::array<std::string, 3> directories{
      (folder / "small").string(), (folder / "large").string(),
      (folder / "small").string() + ":" + (folder / "large").string()};
  std::size_t answered = 0;
  constexpr std::size_t kRounds = 4000;
  for (std::size_t round = 0; round < kRounds; ++round) {
    auto words = random_line(random, random.of(directories));
    std::vector<char*> pointers;
    std::string shown;
    for (auto& word : words) {
      pointers.push_back(word.data());
      shown += word + ' ';
    }
    const auto quick = inventory::quick_answer(pointers);
    if (!quick) continue;
    ++answered;
    const auto full = long_way(folder, words);
    INFO(shown);
    REQUIRE(full.status == Exit::ok);
    REQUIRE(full.text == *quick);
  }
  CHECK(answered > kRounds / 4);
}
