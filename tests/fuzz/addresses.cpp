// Fuzzes maps of MAC addresses and the records they complete: a map, a record, a text that is looked for,
// apart by NUL.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/addresses.hpp"

#include "fuzz.hpp"
#include "inventory/leases.hpp"
#include "inventory/line.hpp"
#include "inventory/macmap.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

// A folder of this process, which holds one map after the other.
const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    std::string name = "/tmp/ctys-fuzz-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    return std::filesystem::path(name);
  }();
  static const int at_end = std::atexit([] {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  });
  (void)at_end;
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  using namespace ctys::inventory;
  auto rest = fuzz::text_of(data, size);
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    const auto end = std::min(rest.find('\0'), rest.size());
    part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto [map, line, text] = parts;
  std::ofstream(folder() / "macmap.fdb", std::ios::binary) << map;
  const Addresses addresses({folder()});

  std::string into;
  const auto record = addresses.complete(line, into);
  fuzz::must(record == line || (lacks_address(line) && record.size() > line.size()),
             "only a record without an address becomes longer");
  if (record != line) {
    const auto address = field(record, 7);
    fuzz::must(address == addresses.of(field(line, 6)) && !address.empty(),
               "by the address of its MAC address");
    fuzz::must(check(line) != Defect::none || check(record) == Defect::none, "a record stays a record");
    bool told = false;
    for (const auto& row : parse_macmap(map).rows)
      told = told || (row.ip == address && machine_mac(field(line, 6)) == row.mac);
    fuzz::must(told, "which the map tells");
    const bool is_new =
        record.find(text) != std::string_view::npos && line.find(text) == std::string_view::npos;
    fuzz::must(!is_new || addresses.may_bring(text), "a text that it brings is one that it may bring");
  }
  for (const auto& mac : addresses.macs_of(text))
    fuzz::must(!addresses.of(mac).empty(), "an address leads to MAC addresses of the map");
  return 0;
}
