// The far side of a call from another host: `ctys __worker`, started through SSH.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record.hpp"

#include <string_view>

namespace ctys::action {

// Options of a call that are for this side and not for plugins:
inline constexpr std::string_view kClients = "@CLIENTS";  // LIST: viewers and consoles too
inline constexpr std::string_view kBases = "@BASES";      // ENUMERATE: the default folders of this host
inline constexpr std::string_view kFacts = "@FACTS";      // probe: host_facts() too
inline constexpr std::string_view kFigures = "@FIGURES";  // show: host_figures() too
inline constexpr std::string_view kPlugins = "@PLUGINS";  // probe: a row for every plugin, usable or not
inline constexpr std::string_view kBuild = "@BUILD";      // probe: a record of this ctys, too; ONLY: no other

// This ctys: topic "ctys", `version`, `id` (of its bundle), `exe_path`.
[[nodiscard]] model::Record this_build();

// Says hello on `out`, reads a Call from `in`, does it with the plugins of this host, says end, and takes the
// next call: what a command line needs of a host comes in one connection. It ends with a console, when no
// other call comes for a minute, and, with what it does, when `in` ends. Returns the status of the process.
[[nodiscard]] int answer(int in, int out);

}  // namespace ctys::action
