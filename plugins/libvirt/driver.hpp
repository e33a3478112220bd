// In which points the libvirt drivers differ for ctys.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// Of the plugins that stand on this library.
inline constexpr std::string_view kVersion = "1.0";

// One of these for each plugin, see plugins/qemu and plugins/test.
struct Driver {
  std::string_view type;    // the word after -t
  std::string_view scheme;  // of its URIs: qemu, test
  bool has_daemon;          // false: libvirt does it all within the calling process
  bool has_processes;       // a machine is a process of this host
  bool has_guests;          // something runs inside: addresses, agent, console
  // $LIBVIRT_DEFAULT_URI, its password hidden, when it is one of this driver's. When it names another driver:
  // none, unless the type was asked for by name; then this driver's own defaults, as if the variable were not
  // set. A URI that no driver serves is the program's to report.
  std::vector<std::string> (*endpoints)(const Request& request);
  // What is not asked although it would be expected, and why; empty: nothing.
  std::string (*unasked)(const Request& request);
  // libvirt's own file of a stored domain; empty: it has none.
  std::string (*configuration_file)(const std::string& uri, const std::string& name);
};

// Is what a URI leads to on this host, so that its processes and files can be looked at?
[[nodiscard]] bool is_local(std::string_view uri) noexcept;

// Do the machines of a URI belong to the user who asks (a session, or no daemon at all), or to root?
[[nodiscard]] bool is_users_own(std::string_view uri) noexcept;

// Where a session's daemon has its sockets, and where it writes its log.
[[nodiscard]] std::string session_run_folder();
[[nodiscard]] std::string session_log_folder();

// Where libvirt looks for its daemons, separated by colons.
[[nodiscard]] std::string daemon_folders();

// Where libvirt has QEMU write what it says about a domain.
[[nodiscard]] std::string hypervisor_log(std::string_view uri, const std::string& name);

// $LIBVIRT_DEFAULT_URI, or empty.
[[nodiscard]] std::string default_uri();

extern const Driver kQemu;
extern const Driver kTest;

}  // namespace ctys::libvirt
