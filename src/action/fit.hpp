// Is a machine that a hypervisor shows the one that a record of the inventory is about?
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "action/known.hpp"
#include "model/record.hpp"

#include <cstdint>
#include <span>

namespace ctys::action {

enum class Fit : std::uint8_t {
  no,
  displaced,  // another path under the recorded label: another machine, unless that path is found, too
  contradicts,
  likely,
  sure
};

// Is `now` the recorded machine? Where the record has no UUID, several fields have to speak for it, and a MAC
// address, a label or a path that is another one against it.
[[nodiscard]] Fit fit_of(const Known& known, const model::Record& recorded, const model::Record& now,
                         std::span<const model::Record> candidates);

// A machine that has the label or the MAC address of the recorded one, and is another one. Null: none.
[[nodiscard]] const model::Record* contradictor(const Known& known, const model::Record& recorded,
                                                std::span<const model::Record> candidates);

// Has `now` none of the MAC addresses that are known, but others?
[[nodiscard]] bool has_other_mac(const Known& known, const model::Record& now,
                                 std::span<const model::Record> candidates);

}  // namespace ctys::action
