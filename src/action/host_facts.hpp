// Facts about this host, from the kernel's own files: what it is (INFO) and how it is doing (SHOW).
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"

#include <vector>

namespace ctys::action {

// One record for each fact: topic, key, value.
[[nodiscard]] std::vector<model::Record> host_facts();    // system, processor, memory, programs
[[nodiscard]] std::vector<model::Record> host_figures();  // memory, load, busiest processes, hardware alarms

}  // namespace ctys::action
