// A row for every plugin of this host: usable or not, and why not.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "plugin/collect.hpp"

namespace ctys::action {

// A plugin that cannot even be asked is a row of its own, not a failure; a type that does not exist is one.
[[nodiscard]] plugin::Outcome plugin_rows(const model::Request& request, const plugin::Options& how,
                                          int caller);

}  // namespace ctys::action
