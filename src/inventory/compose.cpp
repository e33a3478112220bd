// Lines of enum.fdb from records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/compose.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace ctys::inventory {
namespace {

constexpr std::size_t kMostWhenLong = 1024;
constexpr std::size_t kSeenLength = 20;

bool is_control(char32_t code) noexcept {
  constexpr char32_t kDelete = 0x7F;
  constexpr char32_t kLastC1 = 0x9F;
  return code < U' ' || (code >= kDelete && code <= kLastC1) || code == 0x2028 || code == 0x2029;
}

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) {
  const auto number = text::number(text.substr(at, count));
  if (!number) return std::nullopt;
  return static_cast<unsigned>(*number);
}

}  // namespace

std::string field_text(std::string_view value, std::size_t most) {
  std::string out;
  while (!value.empty()) {
    const auto [code, length] = text::first_character(value);
    std::string_view piece = value.substr(0, std::max<std::size_t>(length, 1));
    value.remove_prefix(piece.size());
    if (length == 0)
      piece = "\xEF\xBF\xBD";
    else if (code == U';')
      piece = ",";
    else if (is_control(code))
      piece = " ";
    if (out.size() + piece.size() > most) break;
    out += piece;
  }
  return out;
}

std::string recorded_text(std::string_view value) {
  return std::string(unpadded(field_text(value)));
}

bool recorded_alike(std::string_view a, std::string_view b) {
  return a == b || recorded_text(a) == recorded_text(b);
}

std::string joined(const Fields& fields) {
  std::string line;
  for (std::size_t at = 0; at < kFields; ++at) {
    if (at > 0) line += kSeparator;
    line += fields[at];
  }
  return line;
}

std::string line_of(const model::Record& record, std::string_view seen) {
  std::array<std::string, kFields> fields;
  std::size_t length = kFields;
  for (std::size_t at = 0; at < kFields; ++at) {
    const auto number = static_cast<Field>(at + 1);
    fields[at] = field_text(at + 1 == kSeenField ? seen : std::string_view(record.get(number)));
    length += fields[at].size();
  }
  if (length > kMaxLine)
    for (auto& field : fields) field = field_text(field, kMostWhenLong);
  const auto first = fields[0].find_first_not_of(" \t");
  if (first != std::string::npos && fields[0][first] == '#') fields[0][first] = '_';
  Fields whole;
  std::transform(fields.begin(), fields.end(), whole.begin(), unpadded);
  return joined(whole);
}

std::string with_seen(std::string_view line, std::string_view seen) {
  auto fields = split(line);
  fields[kSeenField - 1] = seen;
  return joined(fields);
}

model::Record record_of(std::string_view line) {
  const auto fields = split(line);
  model::Record record;
  for (std::size_t at = 0; at < kFields; ++at)
    if (!fields[at].empty())
      record.set(at + 1 == kSeenField ? Field::seen : static_cast<Field>(at + 1), std::string(fields[at]));
  return record;
}

std::string seen_text(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto midnight = floor<days>(time);
  const year_month_day day(midnight);
  const hh_mm_ss clock(time - midnight);
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                      static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                      static_cast<unsigned>(day.day()), static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::optional<std::int64_t> seen_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kSeenLength) return std::nullopt;
  for (std::size_t at = 0; at < kForm.size(); ++at)
    if (kForm[at] != '0' && text[at] != kForm[at]) return std::nullopt;
  const auto y = digits(text, 0, 4);
  const auto m = digits(text, 5, 2);
  const auto d = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!y || !m || !d || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const year_month_day day{year(static_cast<int>(*y)), month(*m), std::chrono::day(*d)};
  if (!day.ok()) return std::nullopt;
  const auto midnight = duration_cast<seconds>(sys_days(day).time_since_epoch()).count();
  return midnight + static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second);
}

std::string age_text(std::string_view seen, std::int64_t now) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 86400;
  constexpr std::int64_t kYear = 365 * kDay;
  const auto time = seen_time(seen);
  if (seen.empty()) return "never";
  if (!time) return "unknown";
  const auto age = now - *time;
  if (age < kMinute) return "just now";
  if (age < 2 * kHour) return std::to_string(age / kMinute) + " min";
  if (age < 2 * kDay) return std::to_string(age / kHour) + " h";
  if (age < 2 * kYear) return std::to_string(age / kDay) + " days";
  return std::to_string(age / kYear) + " years";
}

}  // namespace ctys::inventory
