// -C REBUILDCACHE and CLEARALL: what is derived from the files of the inventory is made anew, or removed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/log.hpp"
#include "inventory/index.hpp"
#include "inventory/labels.hpp"
#include "inventory/upkeep.hpp"

#include <poll.h>

#include <utility>
#include <vector>

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

// Look-ups do without, but who asked for an index has none.
Error nowhere_for(const inventory::Source& file) {
  const auto& path = file.path();
  return {Exit::failed, "cannot make the index of " + path.string(),
          "neither " + inventory::index_beside(path).string() + " nor " +
              inventory::index_in_cache(path).string() + " can be written",
          "let this user write in one of these folders; look-ups read the whole file until then"};
}

Result<void> renew(const inventory::Source& file, const model::Request& request) {
  TRY_VOID(inventory::clear_derived(file));
  if (request.inventory.clears_all) return {};
  const auto built = TRY(build_when_believed(file));
  inventory::refresh_labels(file);
  if (built == inventory::Built::nowhere) return tl::unexpected<Error>(nowhere_for(file));
  if (built == inventory::Built::too_fresh)
    log::write(log::Severity::warning, "inventory",
               file.path().string() + " has just been changed: its index is made by the next look-up");
  return {};
}

}  // namespace

Exit renew_index(std::span<const inventory::Source> files, const model::Request& request) {
  std::vector<plugin::Failure> failures;
  for (const auto& file : files)
    if (auto renewed = renew(file, request); !renewed)
      failures.push_back({std::move(renewed).error(), {}, {}});
  return complain(failures);
}

}  // namespace ctys::action
