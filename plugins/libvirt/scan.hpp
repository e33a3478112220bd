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
  unsigned depth = 12;            // folders below a base
  std::size_t entries = 500'000;  // looked at altogether
  std::chrono::milliseconds time{5000};
};

// Calls visit(path) for every *.ctys and *.xml below the bases, in order of path within each folder. Every
// folder is visited once, whatever links lead to it; hidden folders are left out, as are those that may not
// be read. Returns what kept the search from being complete, empty: nothing did.
std::string scan(const std::vector<std::string>& bases, const ScanLimits& limits,
                 const std::function<void(const std::filesystem::path&)>& visit);

}  // namespace ctys::libvirt
