// Fuzzes the reader of what `ssh -G` prints: a place it takes is one that can be connected to and be shown.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/ssh_place.hpp"

#include "base/text.hpp"
#include "fuzz.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto place = action::ssh_place_in(fuzz::text_of(data, size));
  if (!place) return 0;
  fuzz::must(place->port != 0, "a place has a port");
  fuzz::must(!place->host.empty() && place->host.size() <= 255 && text::is_plain(place->host),
             "a host has a name that harms no terminal");
  auto text = "hostname " + place->host + "\nport " + std::to_string(place->port) + "\n";
  if (place->behind) text += "proxyjump gw1\n";
  fuzz::must(action::ssh_place_in(text) == place, "and reads back");
  return 0;
}
