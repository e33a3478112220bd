// Folding, which works on whole words, against what goes byte by byte.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/fold.hpp"

#include "unit/inventory/fixture.hpp"

#include <array>
#include <random>

using namespace ctys::inventory;

namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

// The digits of a text that has `separators` (or one of them, always the same) at `places`; empty: it is
// none.
std::string digits_of(std::string_view text, std::string_view separators,
                      std::initializer_list<std::size_t> places) {
  std::string out;
  char separator = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (std::find(places.begin(), places.end(), at) != places.end()) {
      if (separators.find(text[at]) == std::string_view::npos) return {};
      if (separator != '\0' && separator != text[at]) return {};
      separator = text[at];
      continue;
    }
    const auto digit = lower(text.substr(at, 1));
    if (kHex.find(digit) == std::string_view::npos) return {};
    out += digit;
  }
  return out;
}

std::string reference(std::string_view text) {
  std::string digits;
  if (text.size() == 32 || text.size() == 12) digits = digits_of(text, "", {});
  if (text.size() == 36) digits = digits_of(text, "-", {8, 13, 18, 23});
  if (text.size() == 17) digits = digits_of(text, ":-", {2, 5, 8, 11, 14});
  if (text.size() == 14) digits = digits_of(text, ".", {4, 9});
  if (!digits.empty()) return digits;
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return lower(text);
}

std::string folded(std::string_view text) {
  std::string scratch;
  return std::string(fold(text, scratch));
}

}  // namespace

TEST_CASE("texts of any length and any bytes fold as they do byte by byte") {
  std::mt19937 random(7);
  Folding folding(400, 2);
  for (std::size_t size = 0; size <= 300; ++size)
    for (int round = 0; round < 20; ++round) {
      std::string text(size, '\0');
      // A colon could make an address of version 6 of it, and a brace something decorated.
      for (char& c : text) do
          c = static_cast<char>(random() % 256);
        while (c == ':' || c == '{' || c == '[');
      folding.clear();
      const auto other = folding.fold("Before");
      CHECK(folded(text) == reference(text));
      CHECK(folding.fold(text) == reference(text));
      CHECK(other == "before");
    }
}

TEST_CASE("one byte that is wrong makes an address a text") {
  constexpr std::array kAddresses{"6BA7B810-9dad-11d1-80b4-00C04fd430c8",
                                  "6ba7b8109DAD11d180b400c04fd430c8",
                                  "52:54:00:AB:cd:ef",
                                  "52-54-00-ab-CD-ef",
                                  "5254.00aB.cdef",
                                  "525400ABCDef"};
  for (const std::string_view address : kAddresses) {
    CHECK(folded(address) == reference(address));
    for (std::size_t at = 0; at < address.size(); ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(address);
        text[at] = static_cast<char>(byte);
        if (byte == '{' || byte == '[' || byte == ':') continue;  // these could make something else of it
        INFO(text);
        CHECK(folded(text) == reference(text));
      }
  }
}
