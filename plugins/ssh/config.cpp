// What the user's SSH configuration says about a host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>

namespace ctys::ssh {
namespace {

constexpr std::size_t kMaxNames = 64;  // of one kind; ssh itself takes fewer
constexpr unsigned kPorts = 65535;

std::optional<unsigned> number(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > limit)
    return std::nullopt;
  return value;
}

bool is_name(std::string_view text, std::string_view more) {
  constexpr std::size_t kLongest = 255;
  return !text.empty() && text.size() <= kLongest && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  more.find(c) != std::string_view::npos;
         });
}

// Splits at blanks; a name with blanks stands in quotes.
std::vector<std::string> quoted_words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty() && words.size() < kMaxNames) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const bool quoted = text.front() == '"';
    if (quoted) text.remove_prefix(1);
    const auto end = std::min(text.find(quoted ? '"' : ' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// "~/x" and the tokens that may stand in names of files.
std::string file_of(std::string_view text, const Config& config, const Place& place,
                    const std::string& home) {
  std::string out;
  if (text == "~" || text.starts_with("~/")) {
    out = home;
    text.remove_prefix(1);
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    switch (text[++at]) {
      case 'd':
        out += home;
        break;
      case 'h':
        out += config.hostname;
        break;
      case 'n':
        out += place.host;
        break;
      case 'p':
        out += std::to_string(config.port);
        break;
      case 'r':
        out += config.user;
        break;
      case '%':
        out += '%';
        break;
      default:
        out.append("%").append(1, text[at]);
    }
  }
  return out;
}

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty() && parts.size() < kMaxNames) {
    const auto end = std::min(list.find(','), list.size());
    parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

// PreferredAuthentications leaves out what is not to be tried.
void limit_ways(Config& config) {
  const auto& list = config.preferred;
  if (list.empty()) return;
  const auto has = [&](const char* way) { return std::find(list.begin(), list.end(), way) != list.end(); };
  config.public_key = config.public_key && has("publickey");
  config.keyboard = config.keyboard && has("keyboard-interactive");
  config.password = config.password && has("password");
}

bool is_yes(std::string_view value) {
  return value == "yes" || value == "true";
}

using Setter = std::function<void(Config&, std::string_view)>;

void add(std::vector<std::string>& list, std::string_view value) {
  if (list.size() < kMaxNames && !value.empty() && value != "none") list.emplace_back(value);
}

const std::map<std::string_view, Setter>& setters() {
  static const std::map<std::string_view, Setter> by_name{
      {"hostname", [](Config& c, auto v) { c.hostname = v; }},
      {"user", [](Config& c, auto v) { c.user = v; }},
      {"port", [](Config& c, auto v) { c.port = number(v, kPorts).value_or(0); }},
      {"hostkeyalias", [](Config& c, auto v) { c.alias = v; }},
      {"identityfile", [](Config& c, auto v) { add(c.identities, v); }},
      {"certificatefile", [](Config& c, auto v) { add(c.certificates, v); }},
      {"proxycommand", [](Config& c, auto v) { c.proxy_command = v == "none" ? std::string_view() : v; }},
      {"identityagent",
       [](Config& c, auto v) {
         c.no_agent = v == "none";
         c.agent = v == "none" || v == "SSH_AUTH_SOCK" ? std::string_view() : v;
       }},
      {"identitiesonly", [](Config& c, auto v) { c.identities_only = is_yes(v); }},
      {"batchmode", [](Config& c, auto v) { c.batch = is_yes(v); }},
      // "unbound" and "host-bound" are kinds of yes.
      {"pubkeyauthentication", [](Config& c, auto v) { c.public_key = v != "no" && v != "false"; }},
      {"passwordauthentication", [](Config& c, auto v) { c.password = is_yes(v); }},
      {"kbdinteractiveauthentication", [](Config& c, auto v) { c.keyboard = is_yes(v); }},
      {"kexalgorithms", [](Config& c, auto v) { c.kex = v; }},
      {"ciphers", [](Config& c, auto v) { c.ciphers = v; }},
      {"macs", [](Config& c, auto v) { c.macs = v; }},
      {"hostkeyalgorithms", [](Config& c, auto v) { c.host_keys = v; }},
      {"pubkeyacceptedalgorithms", [](Config& c, auto v) { c.accepted = v; }},
      {"pubkeyacceptedkeytypes", [](Config& c, auto v) { c.accepted = v; }},  // before OpenSSH 8.5
      {"preferredauthentications", [](Config& c, auto v) { c.preferred = parts_of(v); }},
      {"addressfamily",
       [](Config& c, auto v) { c.family = v == "inet"    ? AF_INET
                                          : v == "inet6" ? AF_INET6
                                                         : AF_UNSPEC; }},
      {"revokedhostkeys", [](Config& c, auto v) { c.revoked = v == "none" ? std::string_view() : v; }},
      {"connecttimeout",
       [](Config& c, auto v) {
         constexpr unsigned kDay = 24U * 3600;
         if (const auto seconds = number(v, kDay); seconds && *seconds > 0)
           c.connect_timeout = std::chrono::seconds(*seconds);
       }},
  };
  return by_name;
}

std::vector<Place> places_of(std::string_view list, const std::string& remedy) {
  std::vector<Place> places;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto word = list.substr(0, comma);
    if (word.starts_with("ssh://")) word.remove_prefix(6);
    auto place = parse_place(word);
    if (!place)
      throw Error(Exit::usage, "the SSH configuration names a bad host to jump through", std::string(word),
                  remedy);
    places.push_back(*std::move(place));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return places;
}

}  // namespace

std::optional<Place> parse_place(std::string_view text) {
  Place place;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    place.user = text.substr(0, at);
    if (!is_name(place.user, "._-@+$\\")) return std::nullopt;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
    text = text.substr(1, end - 1);
  } else if (const auto colon = text.find(':');
             colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    port = text.substr(colon + 1);
    if (port.empty()) return std::nullopt;
    text = text.substr(0, colon);
  }
  if (!port.empty()) {
    const auto value = number(port, kPorts);
    if (!value || *value == 0) return std::nullopt;
    place.port = *value;
  }
  // An IPv6 address has two colons at least.
  if (!is_name(text, "._-:%") || std::count(text.begin(), text.end(), ':') == 1) return std::nullopt;
  place.host = text;
  return place;
}

std::string text_of(const Place& place) {
  std::string text = place.user.empty() ? std::string() : place.user + "@";
  const bool brackets = place.port != 0 && place.host.find(':') != std::string::npos;
  text += brackets ? "[" + place.host + "]" : place.host;
  return place.port == 0 ? text : text + ":" + std::to_string(place.port);
}

std::vector<std::string> query_of(const Place& place, const std::string& file) {
  // -v: it says which files it reads.
  std::vector<std::string> words{"ssh", "-G", "-v"};
  const auto add_option = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  if (!file.empty()) add_option("-F", file);
  if (!place.user.empty()) add_option("-l", place.user);
  if (place.port != 0) add_option("-p", std::to_string(place.port));
  words.emplace_back("--");
  words.push_back(place.host);
  return words;
}

std::string quoted(const std::string& word) {
  if (is_name(word, "/._-+,:@%~")) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string command_of(const std::string& file) {
  return file.empty() ? "ssh" : "ssh -F " + quoted(file);
}

std::string known_lines(std::string_view answer) {
  constexpr std::array<std::string_view, 3> kMore{"userknownhostsfile", "globalknownhostsfile", "proxyjump"};
  std::string known;
  while (!answer.empty()) {
    const auto end = std::min(answer.find('\n'), answer.size());
    const auto line = answer.substr(0, end);
    answer.remove_prefix(std::min(end + 1, answer.size()));
    const auto key = line.substr(0, line.find(' '));
    if (setters().contains(key) || std::find(kMore.begin(), kMore.end(), key) != kMore.end())
      known.append(line).append("\n");
  }
  return known;
}

Config parse_config(std::string_view answer, const Place& place, const std::string& home,
                    const std::string& source) {
  const auto remedy = "see what it says: " + command_of(source) + " -G " + place.host;
  Config config;
  std::string_view own;
  std::string_view global;
  std::string_view jumps;
  while (!answer.empty()) {
    const auto end = std::min(answer.find('\n'), answer.size());
    auto line = answer.substr(0, end);
    answer.remove_prefix(std::min(end + 1, answer.size()));
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const auto key = line.substr(0, blank);
    const auto value = line.substr(blank + 1);
    if (value.find('\0') != std::string_view::npos) continue;
    if (key == "userknownhostsfile") own = value;
    if (key == "globalknownhostsfile") global = value;
    if (key == "proxyjump" && value != "none") jumps = value;
    if (const auto setter = setters().find(key); setter != setters().end()) setter->second(config, value);
  }
  if (config.hostname.empty() || config.user.empty() || config.port == 0)
    throw Error(Exit::failed, "cannot read the SSH configuration for " + place.host,
                "'ssh -G' gave no host name, user or port", remedy);
  limit_ways(config);
  config.jumps = places_of(jumps, remedy);
  for (auto* files : {&config.identities, &config.certificates})
    for (auto& file : *files) file = file_of(file, config, place, home);
  if (!config.agent.empty()) config.agent = file_of(config.agent, config, place, home);
  if (!config.revoked.empty()) config.revoked = file_of(config.revoked, config, place, home);
  for (const auto& file : quoted_words_of(own))
    if (file != "none") config.known_hosts.push_back(file_of(file, config, place, home));
  config.own_known_hosts = config.known_hosts.size();
  for (const auto& file : quoted_words_of(global))
    if (file != "none") config.known_hosts.push_back(file_of(file, config, place, home));
  return config;
}

}  // namespace ctys::ssh
