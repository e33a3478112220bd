// Fuzzes what the libvirt plugins read of the network: QEMU's arguments and the kernel's neighbour table.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "libvirt/address.hpp"
#include "libvirt/process.hpp"
#include "libvirt/qemu_arguments.hpp"
#include "libvirt/text.hpp"

#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  for (const auto& [mac, address] : libvirt::parse_neighbours(text))
    fuzz::must(mac.size() == 17 && !address.empty(), "a neighbour has a MAC and an address");
  (void)libvirt::uuid_argument(text);
  std::vector<std::string> arguments;
  for (const auto word : libvirt::split(text, '\n')) arguments.emplace_back(word);
  libvirt::Domain domain;
  libvirt::read_qemu_arguments(arguments, domain);
  for (const auto& forward : domain.forwards) fuzz::must(forward.port <= 65535, "a port is a port");
  return 0;
}
