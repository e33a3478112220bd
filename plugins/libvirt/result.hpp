// The one record that a writing action answers with: the machine as it is now, and what became of the wish.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/driver.hpp"

#include <ctys/plugin.hpp>

#include <string>

namespace ctys::libvirt {

struct Result {
  bool already = false;  // it was so before: nothing was done
  std::string detail;    // one line
};

// `before`: the machine as it was, for one that is gone by now.
void emit_result(const Driver& driver, const Connection& connection, virDomainPtr domain,
                 const Domain& before, const Result& result, const Call& call);

}  // namespace ctys::libvirt
