// What a host needs to be asked: this program and its plugins, as one archive with a name of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace ctys::remote {

// 32 hexadecimal digits: the same for the same program and plugins, wherever they are installed. Made from
// the identifiers that linkers write into what they build (GNU build-id), else from the bytes.
[[nodiscard]] Result<std::string> bundle_id();

// The archive (tar, ustar): bin/ctys, lib/ctys/plugins/*.so, and a list of them with their sizes.
[[nodiscard]] Result<std::string> bundle();

// Is this program out of such an archive, and a file of it is gone, or another size? A disk that was full, a
// power cut or a cleaner of caches leaves that behind.
[[nodiscard]] bool is_damaged_copy();

// This host's kind, as `uname -s -m` has it.
[[nodiscard]] std::string machine();

// Parts of them, for tests:

// Are all files of the list in `folder` there, with their sizes? Without a list they are not.
[[nodiscard]] bool is_whole(const std::filesystem::path& folder);

// The build-id note of an ELF file as hexadecimal digits; empty where there is none.
[[nodiscard]] std::string build_id(std::string_view elf);
// Appends one file, mode 0700, or the end of the archive where the name is empty.
void append_tar(std::string& archive, std::string_view name, std::string_view content);

}  // namespace ctys::remote
