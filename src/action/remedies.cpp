// Puts --on into remedies.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/remedies.hpp"

#include "base/text.hpp"
#include "groups/range.hpp"
#include "model/remedy.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace ctys::action {
namespace {

using Places = std::vector<const model::Target*>;

constexpr std::size_t kMost = 8;

std::string listed(const Places& targets) {
  std::vector<std::string> words;
  words.reserve(targets.size());
  for (const auto* target : targets) words.push_back(target->here ? "localhost" : model::text_of(*target));
  if (words.size() > kMost) words = groups::fold(words);
  if (words.size() > kMost) return "HOST";  // it stands for each of them, as in other remedies
  return text::shell_quoted(text::join(words, ","));
}

// " --on lab01 --via gw1", or nothing where this host alone is meant.
std::string place_of(const Places& targets, const model::Where& where) {
  if (std::all_of(targets.begin(), targets.end(), [](const auto* target) { return target->here; })) return {};
  Places via;
  for (const auto& hop : where.via) via.push_back(&hop);
  return " --on " + listed(targets) + (via.empty() ? "" : " --via " + listed(via)) +
         (where.chain ? " --chain" : "");
}

// Whom a failure is about: one host, or where it names none all that were asked by name.
Places asked(const plugin::Failure& failure, const model::Where& where) {
  Places targets;
  if (failure.host.empty() && where.all_known) return targets;
  for (const auto& target : where.targets)
    if (failure.host.empty() || (!target.here && target.name == failure.host)) targets.push_back(&target);
  return targets;
}

using Words = std::tuple<Exit, std::string, std::string, std::string>;

// Failures with the same words are told as one.
Words words_of(const Error& error) {
  return {error.code, error.summary, error.why, error.fix};
}

using PlacesOf = std::map<Words, Places>;

PlacesOf places_by_words(const std::vector<plugin::Failure>& failures, const model::Where& where) {
  PlacesOf same;
  for (const auto& failure : failures) {
    auto& places = same[words_of(failure.error)];
    for (const auto* target : asked(failure, where))
      if (std::find(places.begin(), places.end(), target) == places.end()) places.push_back(target);
  }
  return same;
}

}  // namespace

std::string with_each_host(const std::string& fix, std::vector<std::string> hosts) {
  if (hosts.size() > kMost)
    hosts = groups::fold(hosts);
  else
    for (auto& host : hosts) host = model::words_for_ssh(host);
  return hosts.size() > kMost ? fix : model::with_each_host(fix, text::join(hosts, ", "));
}

std::vector<plugin::Failure> with_each_host(std::vector<plugin::Failure> failures,
                                            const model::Where& where) {
  const auto same = places_by_words(failures, where);
  for (auto& failure : failures) {
    const auto& places = same.at(words_of(failure.error));
    if (failure.host.empty() || places.size() < 2) continue;
    std::vector<std::string> hosts;
    hosts.reserve(places.size());
    for (const auto* place : places) hosts.push_back(model::text_of(*place));
    failure.error.fix = with_each_host(failure.error.fix, std::move(hosts));
  }
  return failures;
}

std::vector<plugin::Failure> with_places(std::vector<plugin::Failure> failures, const model::Where& where,
                                         bool each) {
  const auto same = each ? PlacesOf() : places_by_words(failures, where);
  for (auto& failure : failures) {
    const auto targets = asked(failure, where);
    if (targets.empty()) continue;
    const auto& all = each ? targets : same.at(words_of(failure.error));
    auto& fix = failure.error.fix;
    fix = model::with_place(fix, place_of(all, where));
    if (!failure.host.empty() && all.size() > 1) fix = model::with_hosts(fix, listed(all));
  }
  return each ? failures : with_each_host(std::move(failures), where);
}

}  // namespace ctys::action
