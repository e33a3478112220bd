// The SSH configuration that is read instead of the user's own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/configuration.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ctys::remote {

Result<std::optional<std::string>> named_configuration() {
  auto file = paths::environment("CTYS_SSH_CONFIG");
  if (!file) return std::nullopt;
  struct stat status {};
  std::string why;
  const bool is_there = ::stat(file->c_str(), &status) == 0;
  if (is_there && S_ISDIR(status.st_mode))
    why = "it is a folder";
  else if (!is_there || ::access(file->c_str(), R_OK) != 0)
    why = system_message(errno);
  if (!why.empty())
    return fail(Exit::usage, "cannot read the SSH configuration " + text::printable(*file), std::move(why),
                "CTYS_SSH_CONFIG names it: name a file that is there, or unset it");
  return file;
}

}  // namespace ctys::remote
