// The commands that start ctys on another host. Constants, but for the identifier of the bundle: nothing that
// a user or a host said is ever part of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ctys::remote {

// Begins the line by which a worker says hello, and the one that says that there is no ctys.
inline constexpr std::string_view kReady = "{\"ctys\":";
inline constexpr std::string_view kAbsent = "ctys:absent ";

// Starts the worker of exactly this bundle, from the user's cache or from PATH; else prints kAbsent, what the
// machine is ("Linux x86_64"), and which file is called ctys in PATH and is not to be started. With
// `any_version` whatever ctys is in PATH will do.
[[nodiscard]] std::string start_command(std::string_view id, bool any_version);

// Unpacks the bundle that comes on its stdin into the cache, tries it, and puts it in place by rename. The
// last line of its complaints says where it was to be copied to.
[[nodiscard]] std::string install_command(std::string_view id);

// Speaks the protocol of a worker without any ctys there: hello, and that this is all.
[[nodiscard]] std::string greeting_command();

// Speaks it, too: hello, then a record (`id`, `version`, `exe_path`:
// its folder, where that has plain letters only) for each copy in the user's cache, which it removes where it
// is told to; what cannot be removed is an error.
[[nodiscard]] std::string copies_command(bool remove);

}  // namespace ctys::remote
