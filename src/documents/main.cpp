// Writes manual pages and completion scripts while ctys is built: documents FOLDER DATE
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"
#include "cli/completion.hpp"
#include "cli/manual.hpp"

#include <cstdio>
#include <filesystem>
#include <string>

namespace {

using namespace ctys;

bool write(const std::filesystem::path& path, const Result<std::string>& text) {
  const auto written = text ? replace_file(path, *text, 0644) : tl::unexpected(text.error());
  if (!written)
    (void)std::fprintf(stderr, "%s: %s: %s\n", path.c_str(), written.error().summary.c_str(),
                       written.error().why.c_str());
  return written.has_value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    (void)std::fputs("usage: documents FOLDER DATE\n", stderr);
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  bool done = true;
  for (const auto& name : cli::manual_names())
    done &= write(folder / (name + ".1"), cli::manual(name, argv[2]));
  for (const auto* shell : {"bash", "zsh", "fish"})
    done &= write(folder / ("completion." + std::string(shell)), cli::completion_script(shell));
  return done ? 0 : 1;
}
