// Where things live: XDG base directories, ~/.ctys, search paths from the environment.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::paths {

// The value of an environment variable; nullopt when unset or empty.
[[nodiscard]] std::optional<std::string> environment(const char* name);

// The same of a variable that names a folder; a relative path is no value, as the XDG specification has it:
// what it means would depend on the current folder.
[[nodiscard]] std::optional<std::filesystem::path> absolute_path(const char* variable);

[[nodiscard]] std::filesystem::path home();  // $HOME, else the password database, else "/"
// Gives $HOME that value where it is unset, empty or not absolute: for libraries, and programs that are
// started.
void settle_home();
[[nodiscard]] std::filesystem::path config_home();  // $XDG_CONFIG_HOME/ctys
[[nodiscard]] std::filesystem::path data_home();
[[nodiscard]] std::filesystem::path cache_home();
[[nodiscard]] std::filesystem::path state_home();
// Run-time files of this user: $XDG_RUNTIME_DIR/ctys, else /run/user/UID/ctys where that exists, else
// /tmp/ctys.UID. Created with mode 0700; an error when it belongs to someone else or others may enter it.
[[nodiscard]] Result<std::filesystem::path> runtime_dir();
// The same place without making or checking it.
[[nodiscard]] std::filesystem::path runtime_place();

// Directories of a ':'-separated variable, or `fallback` when it is unset. Empty parts are dropped.
[[nodiscard]] std::vector<std::filesystem::path> search_path(const char* variable,
                                                             std::vector<std::filesystem::path> fallback);

// The running executable, resolved (/proc/self/exe).
[[nodiscard]] const std::filesystem::path& executable();

// `uname -n`.
[[nodiscard]] const std::string& host_name();

// The domain that /etc/hosts, or such a text, has for a name without one; empty: none. Source: hosts(5).
[[nodiscard]] std::string domain_in(std::string_view hosts, std::string_view name);
// The domain of this host: by its own name, else by /etc/hosts; empty where neither tells.
[[nodiscard]] const std::string& host_domain();

// Are two names of one host? A name without a domain is in that of this host.
[[nodiscard]] bool same_host(std::string_view a, std::string_view b);
// Are they the same name, as a name server understands it?
[[nodiscard]] bool same_host_name(std::string_view a, std::string_view b) noexcept;

// Name of a user or group id, or the number where the system does not know it.
[[nodiscard]] std::string user_name(unsigned uid);
// Does this host know a user, or a group, of that name or number?
[[nodiscard]] bool is_user(const std::string& name);
[[nodiscard]] bool is_group(const std::string& name);
[[nodiscard]] std::string group_name(unsigned gid);

}  // namespace ctys::paths
