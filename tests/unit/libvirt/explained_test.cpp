// The table of keys that are stored, and the one that explains them, agree.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_attributes.hpp"
#include "libvirt/keys.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {
using namespace ctys;

TEST_CASE("every attribute that is explained can be set", "[keys]") {
  for (const auto& explained : cli::attributes()) {
    CAPTURE(std::string(explained.key));
    CHECK(libvirt::known_key(explained.key) == explained.key);
  }
}

TEST_CASE("every attribute that is stored is explained", "[keys]") {
  const auto explained = cli::attributes();
  for (const auto name : libvirt::stored_keys()) {
    CAPTURE(std::string(name));
    CHECK(std::any_of(explained.begin(), explained.end(), [&](const auto& row) { return row.key == name; }));
  }
}

}  // namespace
