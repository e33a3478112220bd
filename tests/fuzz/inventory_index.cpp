// Fuzzes index files: whatever is in one, an answer is right; with right checksums, it holds no wrong record.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The input is a list of four bytes each: a position in the index (three) and what is put there.
#include "base/paths.hpp"
#include "fuzz.hpp"
#include "generator/generator.hpp"
#include "inventory/find.hpp"
#include "inventory/index.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace {

using namespace ctys;
using namespace ctys::inventory;

// An inventory with its index, made once.
struct Made {
  std::filesystem::path file;
  std::string index;
  std::vector<Key> keys;
  std::vector<std::size_t> matches;

  Made() {
    std::string folder = (std::filesystem::temp_directory_path() / "ctys-fuzz-XXXXXX").string();
    fuzz::must(::mkdtemp(folder.data()) != nullptr, "there is room for a folder");
    file = std::filesystem::path(folder) / "enum.fdb";
    generator::InventoryGenerator generator(1);
    std::string content;
    while (content.size() < 2 * kWorthIndexing) generator.append_record(content);
    fuzz::must(replace_file(file, content).has_value(), "the inventory can be written");
    while (build_index(Source::open(file).value()).value() == Built::too_fresh) ::usleep(1000);
    index = read_file(index_beside(file), 1U << 24U).value();
    const auto view = open();
    for (const auto* text : {"label:host00000", "host:host00000.lab.example", "10.0.0.7", "nosuch"}) {
      keys.push_back(parse_key(text).value());
      matches.push_back(find_by_scan(view, keys.back()).value().matches.size());
    }
  }
  ~Made() { std::filesystem::remove_all(file.parent_path()); }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  [[nodiscard]] std::vector<Source> open() const {
    std::vector<Source> view;
    view.push_back(Source::open(file).value());
    return view;
  }
};

// Gives every page the checksum it should have, as only somebody with intentions would.
void mend(std::string& bytes) {
  format::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.checksum = format::checksum(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  for (std::uint64_t number = format::kFirstPage; (number + 1) * format::kPage <= bytes.size(); ++number) {
    format::Page page;
    std::memcpy(&page, bytes.data() + number * format::kPage, sizeof page);
    page.checksum = format::checksum(page, number, header.built);
    std::memcpy(bytes.data() + number * format::kPage, &page, sizeof page);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Made made;
  auto bytes = made.index;
  for (std::size_t at = 0; at + 4 <= size; at += 4) {
    const std::size_t place = (data[at] | data[at + 1] << 8U | data[at + 2] << 16U) % bytes.size();
    bytes[place] = static_cast<char>(data[at + 3]);
  }
  const bool mended = size % 4 == 1;
  if (size % 4 == 2) bytes.resize(bytes.size() * data[0] / 255);
  if (mended) mend(bytes);
  fuzz::must(replace_file(index_beside(made.file), bytes).has_value(), "the index can be written");
  const auto view = made.open();
  for (std::size_t i = 0; i < made.keys.size(); ++i) {
    const auto found = find(view, made.keys[i]).value();
    for (const auto& match : found.matches)
      fuzz::must(holds(made.keys[i], match.line) != 0, "every answer holds the key");
    if (mended)
      fuzz::must(found.matches.size() <= made.matches[i], "no record is found twice");
    else
      fuzz::must(found.matches.size() == made.matches[i], "the answer is complete");
  }
  return 0;
}
