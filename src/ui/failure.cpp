// Failures in words: one block of lines for each, equal ones folded into one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "model/remedy.hpp"
#include "ui/render.hpp"

#include <algorithm>
#include <set>

namespace ctys::ui {
namespace {

constexpr std::size_t kLongestText = 4'000;   // bytes of one part: a message is read by a person
constexpr std::size_t kLongestSummary = 800;  // names in it are the user's own words, of any length
constexpr std::size_t kMostLines = 20;
constexpr std::size_t kMostPlaces = 8;

// Foreign text on one or more lines; those after the first stand below its beginning.
void append_text(std::string& out, std::string_view raw, std::size_t indent, std::size_t most) {
  std::size_t count = 0;
  for (auto line : text::split(text::trim(raw.substr(0, most)), '\n')) {
    if (count == kMostLines) break;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (count++ > 0) out.append("\n").append(indent, ' ');
    out += text::printable(line);
  }
  if (count == kMostLines || raw.size() > most) out += " [...]";
  out += '\n';
}

bool says_the_same(const Error& a, const Error& b) {
  return a.code == b.code && a.summary == b.summary && a.why == b.why && a.fix == b.fix;
}

std::string place_of(const plugin::Failure& failure) {
  std::string place = failure.host;
  const auto add = [&](std::string_view part) {
    if (part.empty() || place == part) return;
    if (!place.empty()) place += ", ";
    place += part;
  };
  // The place often begins with the type, or even with the host, already.
  if (!failure.error.where.starts_with(failure.type)) add(failure.type);
  if (!failure.host.empty() && failure.error.where.starts_with(failure.host)) return failure.error.where;
  add(failure.error.where);
  return place;
}

std::string joined(const std::vector<std::string>& places) {
  std::string out;
  const std::size_t shown = std::min(places.size(), kMostPlaces);
  for (std::size_t at = 0; at < shown; ++at) {
    if (at > 0) out += "; ";
    out += places[at];
  }
  if (places.size() > shown) out += "; and " + std::to_string(places.size() - shown) + " more";
  return out;
}

}  // namespace

std::vector<Error> fold(std::span<const plugin::Failure> failures) {
  std::vector<Error> folded;
  std::vector<std::vector<std::string>> places;
  std::vector<std::set<std::string>> hosts;
  for (const auto& failure : failures) {
    const auto same = std::find_if(folded.begin(), folded.end(),
                                   [&](const Error& e) { return says_the_same(e, failure.error); });
    const auto at = static_cast<std::size_t>(same - folded.begin());
    if (same == folded.end()) {
      folded.push_back(failure.error);
      places.emplace_back();
      hosts.emplace_back();
    }
    hosts[at].insert(failure.host);
    const std::string place = place_of(failure);
    auto& known = places[at];
    if (!place.empty() && std::find(known.begin(), known.end(), place) == known.end()) known.push_back(place);
  }
  for (std::size_t at = 0; at < folded.size(); ++at) {
    folded[at].where = joined(places[at]);
    if (hosts[at].size() == 1) folded[at].fix = model::with_host(folded[at].fix, *hosts[at].begin());
  }
  return folded;
}

std::string describe(const Error& error, const Terminal& terminal) {
  const bool color = terminal.color && terminal.err_is_terminal;
  constexpr std::size_t kIndent = 9;
  std::string out = color ? "\x1b[1;31mctys:\x1b[0m " : "ctys: ";
  append_text(out, error.summary.empty() ? std::string_view("failed") : error.summary, kIndent,
              kLongestSummary);
  const auto add = [&](std::string_view name, std::string_view text) {
    if (text::trim(text).empty()) return;
    out.append(name);
    append_text(out, text, kIndent, kLongestText);
  };
  add("  why:   ", error.why);
  add("  where: ", error.where);
  add("  fix:   ", error.fix);
  return out;
}

}  // namespace ctys::ui
