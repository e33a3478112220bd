// Fuzzes the XML of libvirt domains and the metadata of ctys in it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/domain.hpp"

#include "fuzz.hpp"

#include <ctys/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  try {
    const auto domain = libvirt::parse_domain(text);
    (void)domain.label();
    (void)domain.vnc();
  } catch (const Error& error) {
    fuzz::must(error.code == Exit::usage && !error.summary.empty(), "broken XML is the user's to mend");
  }
  try {
    const auto attributes = libvirt::parse_metadata(text);
    const auto again = libvirt::parse_metadata(libvirt::metadata_xml(attributes));
    fuzz::must(again.pairs.size() == attributes.pairs.size(), "attributes read back");
  } catch (const Error& error) {
    fuzz::must(!error.summary.empty(), "an error says what is wrong");
  }
  return 0;
}
