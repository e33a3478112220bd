// Remedies that lead to the hosts that were asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

#include <string>
#include <vector>

namespace ctys::action {

// Failures whose remedies, typed as they stand, are about the same machines: a `ctys list --all web01` said
// of another host gets its --on, and the way there. `each`: each failure is told by itself; otherwise those
// that say the same name all their hosts, so that they still do.
[[nodiscard]] std::vector<plugin::Failure> with_places(std::vector<plugin::Failure> failures,
                                                       const model::Where& where, bool each);

// For those that are told as one, what ssh is to be tried on: it goes to one host at a time, so that each is
// named behind the remedy. with_places() does so; this is for failures of several requests.
[[nodiscard]] std::vector<plugin::Failure> with_each_host(std::vector<plugin::Failure> failures,
                                                          const model::Where& where);

// The same for one remedy. `hosts`: [USER@]HOST[:PORT]; more than eight stand there as sets, or not at all.
[[nodiscard]] std::string with_each_host(const std::string& fix, std::vector<std::string> hosts);

}  // namespace ctys::action
