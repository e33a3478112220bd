// Exact keys of machines: their kinds, their canonical forms, and whether a record holds one.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/fold.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ctys::inventory {

// What a key is compared with, and how. Blanks around a field do not count, and a key is compared as a record
// has it: see compose.hpp.
//   label    field 3, as it stands
//   name     the file name of field 4 without its last suffix: what hypervisors call the machine
//   id       field 4 as it stands: the path of the machine's file
//   uuid     field 5, with or without dashes, any case, also as {UUID} or urn:uuid:UUID
//   mac      field 6, six bytes in hexadecimal, apart by ':', '-', '.' or nothing, any case
//   tcp      field 7, an address in any spelling, or a host name
//   netname  field 28, a host name: ASCII case and a dot at the end do not count
//   host     field 1, a host name: every machine on that host
enum class Kind : std::uint8_t { label, name, id, uuid, mac, tcp, netname, host };
inline constexpr std::size_t kKinds = 8;

// A set of kinds.
using Kinds = std::uint8_t;
[[nodiscard]] constexpr Kinds only(Kind kind) noexcept {
  return static_cast<Kinds>(1U << static_cast<unsigned>(kind));
}
// What a word without a kind may be: all that names one machine, which a host's name does not.
inline constexpr Kinds kAnyMachine = static_cast<Kinds>(~only(Kind::host));

// '|'-separated words of a kind, the first is its name; and the field it is read from.
struct KindName {
  Kind kind;
  std::string_view words;
  std::size_t field;
};
[[nodiscard]] std::span<const KindName> kind_names() noexcept;
[[nodiscard]] std::optional<Kind> find_kind(std::string_view word) noexcept;  // ASCII case ignored
[[nodiscard]] std::string_view name_of(const KindName& kind) noexcept;

struct Key {
  std::string text;           // as given, without its kind
  std::string folded;         // fold(text)
  Kinds kinds = kAnyMachine;  // one, or kAnyMachine
  bool operator==(const Key&) const = default;
};
// Errors (status 2): an empty or overlong value, control characters, a UUID or MAC that is none.
[[nodiscard]] Result<Key> make_key(Kind kind, std::string_view value);
[[nodiscard]] Result<Key> make_key(std::string_view word);
// `mac:52:54:00:12:34:56`, `label:web01`, or a bare word; a MAC, an IPv6 address and a path are words as they
// are. [2001:db8::1], {UUID} and urn:uuid:UUID are what stands in them. An unknown kind is an error.
[[nodiscard]] Result<Key> parse_key(std::string_view text);

// A UUID, a MAC address or an IPv6 address: what is written in several ways. nullopt: `text` is none of them.
[[nodiscard]] std::optional<Key> spelled_key(std::string_view text);

// Kinds of `key` that hold for a record line; 0 when the record is another one. An empty field is never a
// key.
[[nodiscard]] Kinds holds(const Key& key, std::string_view line);
[[nodiscard]] bool holds_any(const Key& key, std::string_view line);  // is it one of them?
// The text that `kind` is compared with.
[[nodiscard]] std::string_view value_of(Kind kind, std::string_view line) noexcept;
// The name of a machine that hypervisors read from the path of its file.
[[nodiscard]] std::string_view name_in_path(std::string_view path) noexcept;

}  // namespace ctys::inventory
