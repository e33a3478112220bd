// Which values an attribute can have, by its key.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/domain.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// Why `value` cannot be the value of `key` (as it is stored), in words that follow the value: "is no port
// from 1 to 65535". Empty: it can. Keys that ctys does not interpret take any plain text.
[[nodiscard]] std::string value_problem(std::string_view key, std::string_view value);

// Takes the values out that cannot be, and says which: "SSHPORT 'abc' is no port from 1 to 65535".
[[nodiscard]] std::vector<std::string> drop_bad_values(Attributes& attributes);

// The same for the text of a machine file, which stays as it is, with the place of each:
// "/vms/web01.ctys:3: SSHPORT ...". Throws Error{usage} where its lines cannot be read.
[[nodiscard]] std::vector<std::string> bad_values_in(std::string_view text, const std::string& path);

}  // namespace ctys::libvirt
