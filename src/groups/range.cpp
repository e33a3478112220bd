// Number ranges in names: reading and counting them before any name is made.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/range.hpp"

#include "base/text.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace ctys::groups {
namespace {

constexpr std::size_t kMaxBrackets = 16;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t step = 1;
  std::size_t width = 0;  // digits at least

  [[nodiscard]] std::uint64_t count() const noexcept { return (last - first) / step + 1; }
};

// A name cut at its ranges: text, ranges, text, ranges, ..., text.
struct Pattern {
  std::vector<std::string> texts;
  std::vector<std::vector<Range>> ranges;
};

bool is_range_text(std::string_view inside) noexcept {
  return inside.find_first_not_of("0123456789,-/") == std::string_view::npos;
}

// The bracket that opens at `at` holds an IPv6 address.
bool is_address(std::string_view name, std::size_t at, std::string_view inside) noexcept {
  return (at == 0 || name[at - 1] == '@') && inside.find(':') != std::string_view::npos &&
         std::all_of(inside.begin(), inside.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view(":.%-_").find(c) != std::string_view::npos;
         });
}

tl::unexpected<Error> bad(std::string_view name, std::string why) {
  return fail(Exit::usage, "bad range in " + model::in_quotes(name), std::move(why),
              "write it like web[1-9,12] or web[01-40]");
}

bool is_padded(std::string_view digits) noexcept {
  return digits.size() > 1 && digits.front() == '0';
}

std::optional<std::uint64_t> number(std::string_view digits) noexcept {
  return digits.size() > kMaxDigits ? std::nullopt : text::number(digits);
}

// FIRST, FIRST-LAST or FIRST-LAST/STEP.
Result<Range> read_range(std::string_view name, std::string_view item) {
  const auto dash = item.find('-');
  const auto slash = item.find('/');
  const auto first = item.substr(0, std::min(dash, slash));
  const auto last = dash == std::string_view::npos
                        ? first
                        : item.substr(dash + 1, slash == std::string_view::npos ? slash : slash - dash - 1);
  const auto low = number(first);
  const auto high = number(last);
  if (!low || !high || (slash != std::string_view::npos && slash < dash))
    return bad(name, model::in_quotes(item) + " is neither a number nor a range of numbers");
  Range range{*low, *high, 1, 0};
  if (slash != std::string_view::npos) {
    const auto step = number(item.substr(slash + 1));
    if (!step || *step == 0) return bad(name, model::in_quotes(item) + " has no step");
    range.step = *step;
  }
  if (range.last < range.first) return bad(name, model::in_quotes(item) + " runs downwards");
  if (is_padded(first) || is_padded(last)) {
    range.width = is_padded(first) ? first.size() : last.size();
    const bool same = first.size() == last.size() || (!is_padded(last) && last.size() > first.size());
    if (!same)
      return bad(name, "the ends of " + model::in_quotes(item) + " have different numbers of digits");
  }
  return range;
}

Result<Pattern> read_pattern(std::string_view name) {
  Pattern pattern;
  pattern.texts.emplace_back();
  for (std::size_t at = 0; at < name.size();) {
    if (name[at] == ']') return bad(name, "there is a ']' without '['");
    if (name[at] != '[') {
      pattern.texts.back() += name[at++];
      continue;
    }
    const auto close = name.find(']', at);
    if (close == std::string_view::npos) return bad(name, "']' is missing");
    const auto inside = name.substr(at + 1, close - at - 1);
    if (is_address(name, at, inside)) {
      pattern.texts.back() += name.substr(at, close - at + 1);
    } else {
      if (pattern.ranges.size() == kMaxBrackets) return bad(name, "there are too many brackets");
      auto& ranges = pattern.ranges.emplace_back();
      for (const auto item : text::split(inside, ',')) ranges.push_back(TRY(read_range(name, item)));
      pattern.texts.emplace_back();
    }
    at = close + 1;
  }
  return pattern;
}

// How many names there are; more than kMaxHosts are not counted.
std::size_t count_names(const Pattern& pattern) noexcept {
  std::uint64_t all = 1;
  for (const auto& ranges : pattern.ranges) {
    std::uint64_t here = 0;
    for (const auto& range : ranges) here = std::min<std::uint64_t>(here + range.count(), kMaxHosts + 1);
    all = std::min<std::uint64_t>(all * here, kMaxHosts + 1);
  }
  return static_cast<std::size_t>(all);
}

}  // namespace

std::string padded(std::uint64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

Brackets brackets_of(std::string_view name) noexcept {
  bool ranges = false;
  for (std::size_t at = name.find('['); at < name.size(); at = name.find('[', at)) {
    const auto close = name.find(']', at);
    const auto inside = name.substr(at + 1, close == std::string_view::npos ? close : close - at - 1);
    const bool address = is_address(name, at, inside);
    if (!address && !is_range_text(inside)) return Brackets::stack;
    ranges = ranges || !address;
    if (close == std::string_view::npos) break;
    at = close;
  }
  return ranges || name.find(']') < name.find('[') ? Brackets::ranges : Brackets::none;
}

Result<std::vector<std::string>> expand_ranges(std::string_view name) {
  const auto pattern = TRY(read_pattern(name));
  const auto count = count_names(pattern);
  if (count > kMaxHosts) return bad(name, "it stands for more than " + std::to_string(kMaxHosts) + " names");
  std::vector<std::string> names{pattern.texts.front()};
  names.reserve(count);
  for (std::size_t at = 0; at < pattern.ranges.size(); ++at) {
    std::vector<std::string> longer;
    longer.reserve(count);
    for (const auto& begin : names)
      for (const auto& range : pattern.ranges[at])
        for (std::uint64_t i = 0; i < range.count(); ++i)
          longer.push_back(begin + padded(range.first + i * range.step, range.width) + pattern.texts[at + 1]);
    names = std::move(longer);
  }
  return names;
}

}  // namespace ctys::groups
