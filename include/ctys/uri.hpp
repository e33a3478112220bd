// Of the URIs of libvirt: whether they mean this host, and passwords, which are shown nowhere.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ctys {

// The password of user:password@host, as it stands in the URI; empty: it has none, or is no URI. Also of URIs
// that are broken because it holds characters that belong escaped ('@', '/', '?').
[[nodiscard]] inline std::string_view password_in(std::string_view uri) noexcept {
  constexpr auto kNone = std::string_view::npos;
  const auto scheme = uri.find("://");
  if (scheme == kNone) return {};
  const auto rest = uri.substr(scheme + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto colon = authority.find(':');
  if (colon == kNone) return {};
  auto end = authority.rfind('@');
  if (end == kNone) {
    const auto port = authority.substr(colon + 1);
    if (std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
    end = rest.rfind('@');
  }
  return end == kNone || end < colon ? std::string_view() : rest.substr(colon + 1, end - colon - 1);
}

// Does libvirt work on this host with it? "qemu:///system" names no other one.
[[nodiscard]] inline bool is_local(std::string_view uri) noexcept {
  const auto scheme = uri.find("://");
  return scheme != std::string_view::npos && uri.substr(scheme + 3).starts_with('/');
}

// The text with ":password@" as ":***@" everywhere; for an empty password as it is.
[[nodiscard]] inline std::string without_password(std::string text, std::string_view password) {
  if (password.empty()) return text;
  const std::string written = ":" + std::string(password) + "@";
  constexpr std::string_view kShown = ":***@";
  for (auto at = text.find(written); at != std::string::npos; at = text.find(written, at + kShown.size()))
    text.replace(at, written.size(), kShown);
  return text;
}

// The URI as it may be shown, and be put into records.
[[nodiscard]] inline std::string without_password(std::string_view uri) {
  return without_password(std::string(uri), password_in(uri));
}

}  // namespace ctys
