// What a host needs to be asked: this program and its plugins, as one archive with a name of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>

namespace ctys::remote {

// 32 hexadecimal digits: the same for the same program and plugins, wherever they are installed. Made from
// the identifiers that linkers write into what they build (GNU build-id), else from the bytes.
[[nodiscard]] Result<std::string> bundle_id();

// The archive (tar, ustar): bin/ctys and lib/ctys/plugins/*.so.
[[nodiscard]] Result<std::string> bundle();

// Parts of them, for tests:

// The build-id note of an ELF file as hexadecimal digits; empty where there is none.
[[nodiscard]] std::string build_id(std::string_view elf);
// Appends one file, mode 0700, or the end of the archive where the name is empty.
void append_tar(std::string& archive, std::string_view name, std::string_view content);

}  // namespace ctys::remote
