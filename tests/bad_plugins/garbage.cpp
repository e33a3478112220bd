// A plugin for tests: it writes noise on every descriptor it finds.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/plugin.hpp>

#include <unistd.h>

#include <string_view>

namespace {

struct Garbage {
  static void probe(const ctys::Request& request, ctys::Call& call) { list(request, call); }
  static void list(const ctys::Request&, ctys::Call& call) {
    call.emit(ctys::Row().set(ctys::Field::label, "before"));
    constexpr std::string_view kNoise = "\x01\xff not a message\n{\"t\":\n";
    for (int fd = 3; fd < 64; ++fd) {
      if (::write(fd, kNoise.data(), kNoise.size()) < 0) continue;
    }
  }
};

}  // namespace

CTYS_PLUGIN(Garbage, {.type = "GARBAGE",
                      .category = "VMs",
                      .version = "1.0",
                      .summary = "it writes noise on every descriptor it finds"})
