// Small inventories with everything in them that may go wrong, and a look-up so simple that it can be
// believed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "generator/generator.hpp"
#include "inventory/index.hpp"
#include "inventory/key.hpp"
#include "unit/inventory/fixture.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <sstream>

namespace ctys::inventory::testing {

// Few different values in many spellings, so that keys meet.
inline std::string random_value(ctys::generator::Random& random) {
  static const std::array<std::string, 22> kValues{"web01",
                                                   "Web01",
                                                   "web01.",
                                                   "web01.lab",
                                                   "WEB01.LAB.",
                                                   "525400123456",
                                                   "52:54:00:12:34:56",
                                                   "52-54-00-12-34-56",
                                                   "5254.0012.3456",
                                                   "6ba7b8109dad11d180b400c04fd430c8",
                                                   "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
                                                   "fe80::1",
                                                   "FE80:0:0:0:0:0:0:1",
                                                   "10.0.0.1",
                                                   "10.0.0.10",
                                                   "/srv/vm/web01.ctys",
                                                   "/srv/vm/Web01.xml",
                                                   "a",
                                                   "a:b",
                                                   "...",
                                                   "Grüße",
                                                   "::"};
  return random.one_in(4) ? std::to_string(random.below(300)) : random.of(kValues);
}

// At least `size` bytes: records, comments, blank lines, and lines that are none of these.
inline std::string random_inventory(ctys::generator::Random& random, std::size_t size) {
  std::string content;
  while (content.size() < size) {
    const auto kind = random.below(40);
    if (kind == 0) content += "# comment;";
    if (kind == 1) content += " ";
    if (kind == 2) content += "too;few";
    if (kind == 3) content += std::string(random.below(3) * 33000, 'x');
    if (kind >= 4) {
      std::vector<std::string> cells(random.one_in(5) ? kFieldsBefore : kFields);
      const auto host = "host" + std::to_string(content.size() / 3000);
      for (const std::size_t number : {3, 4, 5, 6, 7, 28})
        if (!random.one_in(3)) cells[number - 1] = random_value(random);
      cells[0] = random.one_in(10) ? random_value(random) : host;
      cells[42] = std::string(random.below(100), 'u');
      if (kind == 4) cells[42] += '\0';
      if (kind == 5) cells[42] += "\xff";
      if (kind == 6) cells.emplace_back();
      if (kind == 7) cells[0] = '"' + cells[0] + '"';
      for (std::size_t i = 0; i < cells.size(); ++i) content += (i == 0 ? "" : ";") + cells[i];
    }
    content += random.one_in(4) ? "\r\n" : "\n";
  }
  if (random.one_in(2)) content.pop_back();
  return content;
}

inline std::string naive_form(std::size_t number, std::string value) {
  if (number == 3 || number == 4) return value;
  for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  in6_addr address{};
  if (::inet_pton(AF_INET6, value.c_str(), &address) == 1) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(AF_INET6, &address, text.data(), text.size());
  }
  std::string hex;
  bool digits = true;
  for (const char c : value) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
      hex += c;
    else
      digits &= c == '-' || c == ':' || c == '.';
  }
  if (digits && hex.size() == value.size() && (hex.size() == 12 || hex.size() == 32)) return hex;
  if (digits && hex.size() == 32 && value.size() == 36) return hex;
  if (digits && hex.size() == 12 && (value.size() == 17 || value.size() == 14)) return hex;
  while (!value.empty() && value.back() == '.') value.pop_back();
  return value;
}

// The records that hold a key of one kind.
inline std::vector<std::string> naive_find(const std::string& content, Kind kind, const std::string& value) {
  std::vector<std::string> found;
  std::istringstream in(content);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (check(line) != Defect::none) continue;
    std::vector<std::string> cells;
    std::istringstream rest(line);
    for (std::string cell; std::getline(rest, cell, ';');) cells.push_back(cell);
    cells.resize(kFields);
    constexpr std::array<std::size_t, kKinds> kNumbers{3, 4, 4, 5, 6, 7, 28, 1};
    const auto number = kNumbers[static_cast<std::size_t>(kind)];
    auto cell = cells[number - 1];
    if (kind == Kind::name) cell = std::filesystem::path(cell).stem().string();
    if (!cell.empty() && (cell == value || naive_form(number, cell) == naive_form(number, value)))
      found.push_back(line);
  }
  return found;
}

// Builds the index as soon as the file is old enough for it.
inline Source indexed(const std::filesystem::path& file, unsigned threads = 1) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (;;) {
    auto source = Source::open(file).value();
    const auto built = build_index(source, threads).value();
    if (built == Built::yes || Index::open(source)) return source;
    REQUIRE((built == Built::too_fresh || built == Built::busy));
    REQUIRE(std::chrono::steady_clock::now() < end);
    ::usleep(2000);
  }
}

}  // namespace ctys::inventory::testing
