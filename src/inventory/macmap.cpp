// macmap.fdb: reading, writing, sorting, looking up.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/macmap.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "inventory/leases_collect.hpp"
#include "inventory/line.hpp"
#include "inventory/view.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>
#include <utility>

namespace ctys::inventory {
namespace {

// A field that a person may have written: any text that stays one line and one field.
bool is_field(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\0;\r\n", 4)) == std::string_view::npos;
}

// Sorts as the number does: IPv4, IPv6, then text.
std::string ip_key(const std::string& ip) {
  std::array<char, 16> bytes{};
  const std::string kind = inet_pton(AF_INET, ip.c_str(), bytes.data()) == 1    ? "4"
                           : inet_pton(AF_INET6, ip.c_str(), bytes.data()) == 1 ? "6"
                                                                                : "9";
  return kind == "9" ? kind + ip : kind + std::string(bytes.data(), bytes.size());
}

}  // namespace

std::optional<MacRow> parse_macmap_row(std::string_view line) {
  const auto fields = text::split(line, ';');
  if (fields.size() != 3 || !is_field(fields[0]) || !is_field(fields[2])) return std::nullopt;
  const auto name = bare(fields[0]);
  if (name.starts_with('#')) return std::nullopt;  // a row that is commented out
  auto mac = machine_mac(text::trim(fields[1]));
  if (!mac) return std::nullopt;
  return MacRow{std::string(name), *std::move(mac), std::string(text::trim(fields[2]))};
}

Macmap parse_macmap(std::string_view text) {
  Macmap macmap;
  std::unordered_set<std::string> known;
  std::size_t number = 0;
  text = without_mark(text);
  while (!text.empty()) {
    auto line = next_line(text);
    ++number;
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (auto row = parse_macmap_row(line)) {
      row->line = number;
      if (known.insert(to_text(*row)).second) macmap.rows.push_back(*std::move(row));
      continue;
    }
    const auto shown = bare(line);
    if (!shown.empty() && shown.front() != '#' && macmap.broken++ == 0) macmap.first_broken = number;
  }
  return macmap;
}

std::string to_text(const MacRow& row) {
  return row.name + ';' + row.mac + ';' + row.ip;
}

void sort_by(std::vector<MacRow>& rows, MacColumn column) {
  std::vector<std::pair<std::string, MacRow>> keyed;
  keyed.reserve(rows.size());
  for (auto& row : rows) {
    auto key = column == MacColumn::name  ? text::lower(row.name)
               : column == MacColumn::mac ? row.mac
                                          : ip_key(row.ip);
    keyed.emplace_back(std::move(key), std::move(row));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t at = 0; at < rows.size(); ++at) rows[at] = std::move(keyed[at].second);
}

std::string warning(const Macmap& macmap, const std::filesystem::path& file) {
  if (macmap.broken == 0) return {};
  const bool one = macmap.broken == 1;
  return (one ? "1 line of " : std::to_string(macmap.broken) + " lines of ") + file.string() +
         (one ? " is no row and was passed over: line "
              : " are no rows and were passed over, the first is line ") +
         std::to_string(macmap.first_broken);
}

Result<MacView> read_macmaps(std::span<const std::filesystem::path> directories) {
  MacView view;
  std::unordered_set<std::string> known;
  std::size_t files = 0;
  for (const auto& directory : directories) {
    TRY_VOID(check_directory(directory));
    const auto path = directory / kMacmapName;
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) continue;
    auto macmap = parse_macmap(TRY(read_file(path, kMaxMacmap)));
    ++files;
    if (auto text = warning(macmap, path); !text.empty()) view.warnings.push_back(std::move(text));
    for (auto& row : macmap.rows)
      if (known.insert(to_text(row)).second) view.macmap.rows.push_back(std::move(row));
  }
  if (files == 0)
    return fail(Exit::no_macmap, "there is no " + (directories.front() / kMacmapName).string(), {},
                "fill it: ctys macmap --from libvirt, or another source: ctys help macmap");
  return view;
}

}  // namespace ctys::inventory
