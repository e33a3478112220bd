// Fuzzes machine addresses: what is accepted reads back as the same keys.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/address.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  if (const auto address = model::parse_address(text)) {
    const auto again = model::parse_address(model::to_text(*address));
    fuzz::must(again && again->keys == address->keys, "an address reads back as the same keys");
  } else {
    fuzz::must(!address.error().summary.empty(), "an error says what is wrong");
  }
  if (const auto uuid = model::canonical_uuid(text)) fuzz::must(uuid->size() == 36, "36 characters");
  if (const auto mac = model::canonical_mac(text)) fuzz::must(mac->size() == 17, "17 characters");
  return 0;
}
