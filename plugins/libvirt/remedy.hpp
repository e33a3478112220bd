// What to do about a daemon of libvirt that does not answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ctys::libvirt {

// What to do for more rights on a connection.
[[nodiscard]] std::string_view rights_fix() noexcept;

// Does a URI lead to a daemon of the user's own, which libvirt starts when it is needed?
[[nodiscard]] bool is_session(std::string_view uri) noexcept;

// The daemon has ended, or hangs, in the middle of a call.
[[nodiscard]] std::string gone_fix(std::string_view uri);

// virtlogd or virtlockd, when it is this helper of the daemon that `why` could not reach; empty: it is none.
[[nodiscard]] std::string_view helper_in(std::string_view why) noexcept;
[[nodiscard]] std::string helper_fix(std::string_view helper, std::string_view uri);

// A session's socket that is there and may not be used; empty: `why` names no socket.
[[nodiscard]] std::string own_socket_fix(std::string_view why);

// A session's daemon did not come up. `folders`: where its program is looked for, separated by colons.
[[nodiscard]] std::string session_fix(std::string_view folders);

}  // namespace ctys::libvirt
