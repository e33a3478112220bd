// Group files for tests: in memory, so that no folder of the user is read.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "groups/expand.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace ctys::tests {

using Files = std::map<std::string, std::string>;

// One folder, called "/g".
inline groups::Source source_of(const Files& files) {
  groups::Source source;
  source.load = [files](const std::string& name, std::size_t) -> Result<std::optional<groups::File>> {
    const auto at = files.find(name);
    if (at == files.end()) return std::nullopt;
    return groups::File{name, "/g/" + name, 0, at->second};
  };
  source.names = [files] {
    std::vector<std::string> names;
    for (const auto& [name, content] : files) names.push_back(name);
    return names;
  };
  return source;
}

// host(opts)(opts) host ...
inline std::string shown(const groups::Hosts& hosts) {
  std::string out;
  for (const auto& host : hosts) {
    out += (out.empty() ? "" : " ") + host.name;
    for (const auto& context : host.contexts) out += "(" + context + ")";
  }
  return out;
}

inline std::string expanded(const Files& files, const std::string& targets, const groups::Rules& rules = {}) {
  const std::vector<std::string> words{targets};
  const auto hosts = groups::expand(words, source_of(files), rules);
  INFO(targets);
  if (!hosts) FAIL(hosts.error().summary + " / " + hosts.error().why);
  return shown(*hosts);
}

inline Error refused(const Files& files, const std::string& targets, const groups::Rules& rules = {}) {
  const std::vector<std::string> words{targets};
  const auto hosts = groups::expand(words, source_of(files), rules);
  INFO(targets);
  REQUIRE_FALSE(hosts);
  CHECK(hosts.error().code == Exit::usage);
  CHECK(hosts.error().summary.size() < 400);
  return hosts.error();
}

}  // namespace ctys::tests
