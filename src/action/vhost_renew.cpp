// -C REBUILDCACHE and CLEARALL: what is derived from the files of the inventory is made anew, or removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/log.hpp"
#include "inventory/index.hpp"
#include "inventory/labels.hpp"
#include "inventory/upkeep.hpp"

#include <poll.h>

namespace ctys::action {
namespace {

// A file that has just been written is believed once the clock of the file system has gone on.
Result<inventory::Built> build_when_believed(const inventory::Source& file) {
  constexpr int kPatience = 20;
  constexpr int kTick = 10;  // milliseconds
  auto built = TRY(inventory::build_index(file));
  for (int i = 0; i < kPatience && built == inventory::Built::too_fresh; ++i) {
    ::poll(nullptr, 0, kTick);
    built = TRY(inventory::build_index(file));
  }
  return built;
}

}  // namespace

Result<void> renew_index(std::span<const inventory::Source> files, const model::Request& request) {
  for (const auto& file : files) {
    TRY_VOID(inventory::clear_derived(file));
    if (request.inventory.clears_all) continue;
    const auto built = TRY(build_when_believed(file));
    if (built == inventory::Built::nowhere)
      log::write(log::Severity::warning, "inventory",
                 "no index of " + file.path().string() + " can be written: look-ups read the whole file");
    if (built == inventory::Built::too_fresh)
      log::write(log::Severity::warning, "inventory",
                 file.path().string() + " has just been changed: its index is made by the next look-up");
    inventory::refresh_labels(file);
  }
  return {};
}

}  // namespace ctys::action
