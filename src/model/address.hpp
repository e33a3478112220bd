// Machine addresses: `l:web01,u:6ba7b810-...`, or a bare word.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/lexer.hpp"
#include "model/request.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ctys::model {

// How an address key is written. `words`: '|'-separated, the first is Pair::key.
struct AddressKey {
  std::string_view words;
  std::string_view value;
  std::string_view help;
  std::string_view refused;  // the sentence of a key that belongs to a capability that is not there yet
};
[[nodiscard]] std::span<const AddressKey> address_keys();
[[nodiscard]] const AddressKey* find_address_key(std::string_view word);  // ASCII case ignored

// Puts one term with an address key into `address`, checked and in canonical form. Another value of
// a key that is there already would be another machine: refused, but for BASEPATH, whose last one holds.
[[nodiscard]] Result<void> add_to_address(Address& address, const AddressKey& key, const Term& term);

// A whole address. A term without a known key is a bare word, WORD; one that looks like `key:value` with an
// unknown key is an error, unless it is a path, a MAC or an IPv6 address.
[[nodiscard]] Result<Address> parse_address(std::string_view text);
// Reads back as the same keys.
[[nodiscard]] std::string to_text(const Address& address);

// HOST[KEYS]: a machine and its host, as the inventory writes them; `host` is without the brackets of an IPv6
// address. Of HOST[KEYS][KEYS] the machine in the
// last brackets is meant, which runs in that before. nullopt: it has no brackets, or does not end with one.
struct PlacedAddress {
  std::string_view host;
  std::string_view keys;
  bool is_stack = false;
};
[[nodiscard]] std::optional<PlacedAddress> placed_address(std::string_view text);
// Is it one for sure? A name may have brackets, too; in these a key stands first.
[[nodiscard]] bool is_placed(std::string_view text);

// Canonical forms, nullopt when it is none: 36 characters lower case with dashes; six groups lower case with
// colons.
[[nodiscard]] std::optional<std::string> canonical_uuid(std::string_view text);
[[nodiscard]] std::optional<std::string> canonical_mac(std::string_view text);

}  // namespace ctys::model
