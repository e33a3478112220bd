// Whether a file is as it was: what a connection that is kept was opened and trusted for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctys::remote {

// The state of a path, followed by a blank and the path: device, inode, mode, owner, size and times with
// colons between them, or '-' where nothing is. A file that was replaced or changed has another stamp.
[[nodiscard]] std::string stamp_of(const std::string& path);

// Does every stamp still hold? None at all is no reason to believe so.
[[nodiscard]] bool all_hold(const std::vector<std::string>& stamps);

}  // namespace ctys::remote
