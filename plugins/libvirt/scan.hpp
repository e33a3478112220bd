// Finds machine files below folders.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ctys::libvirt {

struct ScanLimits {
  unsigned depth = 12;                     // folders below a base
  std::size_t entries = 500'000;           // looked at altogether
  std::chrono::milliseconds time{5000};    // until it is over
  std::chrono::milliseconds given = time;  // that the user was told, or told us, it may take
};

// What kept a search from being complete; empty: nothing did.
struct ScanEnd {
  std::string why;
  bool late = false;  // its time was over
};

// Calls visit(path) for every *.ctys and *.xml below the bases, in order of path within each folder. Every
// folder is visited once, whatever links lead to it; left out are hidden folders and those with a file
// .ctysignore. skipped(folder, why) is
// called for those that cannot be read or lie too deep.
ScanEnd scan(const std::vector<std::string>& bases, const ScanLimits& limits,
             const std::function<void(const std::filesystem::path&)>& visit,
             const std::function<void(const std::filesystem::path&, const std::string&)>& skipped);

}  // namespace ctys::libvirt
