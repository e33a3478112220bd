// Targets: reading them, telling them apart.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/target.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"
#include "model/lexer.hpp"

#include <algorithm>

namespace ctys::model {
namespace {

constexpr std::size_t kLongest = 255;
constexpr unsigned kPorts = 65535;

bool is_name(std::string_view text, std::string_view more) {
  return !text.empty() && text.size() <= kLongest && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  more.find(c) != std::string_view::npos;
         });
}

tl::unexpected<Error> bad(std::string_view text, std::string why) {
  return fail(Exit::usage, "bad target " + in_quotes(text), std::move(why),
              "write it like lab01, root@lab01, lab01:2222 or [2001:db8::1]:22");
}

// HOST, HOST:PORT, [HOST]:PORT, or a bare IPv6 address.
struct Parts {
  std::string_view host;
  std::string_view port;
  bool good = true;
};
Parts cut_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {text, {}, false};
    const auto rest = text.substr(end + 1);
    if (rest.empty()) return {text.substr(1, end - 1), {}};
    return {text.substr(1, end - 1), rest.substr(1), rest.front() == ':' && rest.size() > 1};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1), colon + 1 < text.size()};
}

std::string name_of(const Target& target, bool with_user) {
  const bool brackets = target.port != 0 && target.host.find(':') != std::string::npos;
  std::string name = with_user && !target.user.empty() ? target.user + "@" : std::string();
  name += brackets ? "[" + target.host + "]" : target.host;
  return target.port == 0 ? name : name + ":" + std::to_string(target.port);
}

bool same_place(const Target& a, const Target& b) {
  return a.host == b.host && a.port == b.port && a.here == b.here;
}

// For a person, and for SSH: however the name is written.
bool sounds_the_same(const Target& a, const Target& b) {
  const auto bare = [](const Target& target) {
    std::string_view host = target.host;
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
  };
  return text::equal_ci(bare(a), bare(b)) && a.port == b.port && a.here == b.here;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  Target target;
  std::string_view rest = text;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    if (!is_name(rest.substr(0, at), "._-@+$\\")) return bad(text, "this is no user name before the '@'");
    target.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const auto parts = cut_port(rest);
  if (!parts.good) return bad(text, "this is no port");
  if (!parts.port.empty()) {
    const auto port = text::number(parts.port);
    if (!port || *port == 0 || *port > kPorts) return bad(text, "a port is a number from 1 to 65535");
    target.port = static_cast<unsigned>(*port);
  }
  // An IPv6 address has two colons at least.
  if (!is_name(parts.host, "._-:%") || std::count(parts.host.begin(), parts.host.end(), ':') == 1)
    return bad(text, "this is no host name");
  target.host = parts.host;
  target.here = target.port == 0 && text::equal_ci(target.host, "localhost") &&
                (target.user.empty() || target.user == paths::environment("USER").value_or(""));
  if (target.here) target.user.clear();
  target.name = name_of(target, false);
  return target;
}

void add_target(std::vector<Target>& targets, Target target) {
  for (auto& other : targets) {
    if (same_place(other, target) && other.user == target.user) return;
    if (!sounds_the_same(other, target) || other.user == target.user) continue;
    other.name = name_of(other, true);
    target.name = name_of(target, true);
  }
  targets.push_back(std::move(target));
}

std::string text_of(const Target& target) {
  return name_of(target, true);
}

}  // namespace ctys::model
