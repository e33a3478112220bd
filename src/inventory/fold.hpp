// The one form in which keys and fields meet.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

// A UUID as 32 and a MAC as 12 hexadecimal digits in lower case, an IPv6 address as RFC 5952 has it without
// its zone, each without what it is decorated with, everything else in lower case (ASCII) without a dot at
// its end. What has equal folded forms may be the same key; what has different ones is not. `scratch` holds
// the result.
[[nodiscard]] std::string_view fold(std::string_view text, std::string& scratch);
// By their folded forms; what has none, as "." has none, is the same as nothing.
[[nodiscard]] bool is_same(std::string_view a, std::string_view b);

// Folds some texts into one room, which is used again for the next ones.
class Folding {
 public:
  // No more than this at a time.
  Folding(std::size_t most_bytes, std::size_t most_texts);
  [[nodiscard]] std::string_view fold(std::string_view text) noexcept;  // valid until clear()
  void clear() noexcept { used_ = 0; }

 private:
  std::vector<char> room_;
  std::size_t used_ = 0;
};

// Beside the bytes of a text itself, folding may write this many.
inline constexpr std::size_t kFoldRoom = 64;

// The folded form of an address of one kind in `out`, which has kFoldRoom bytes: how long it is; 0 where the
// text is none.
[[nodiscard]] std::size_t fold_uuid(std::string_view text, char* out) noexcept;
// 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456, 525400123456.
[[nodiscard]] std::size_t fold_mac(std::string_view text, char* out) noexcept;
[[nodiscard]] std::size_t fold_ipv6(std::string_view text, char* out) noexcept;
// What stands in [2001:db8::1], {UUID} and behind urn:uuid:; else the text as it is.
[[nodiscard]] std::string_view undecorated(std::string_view text) noexcept;

}  // namespace ctys::inventory
