// Remedies that name the host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/remedy.hpp"

#include "model/target.hpp"

#include <algorithm>
#include <array>

namespace ctys::model {
namespace {

constexpr std::string_view kProgram = "ctys ";

// Actions that are about machines, or about what a host has for them.
constexpr std::array<std::string_view, 25> kActions{
    "create", "start",  "open",     "console",       "connect",   "resume",  "cancel", "stop", "shutdown",
    "kill",   "reboot", "reset",    "pause",         "suspend",   "list",    "ls",     "ps",   "enumerate",
    "show",   "info",   "isactive", "getclientport", "attribute", "plugins", "vdbgen"};

bool is_word_part(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./").find(c) != std::string_view::npos;
}

// How long the action is that this text begins with; 0: it does not.
std::size_t length_of_action(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_word_part);
  auto length = static_cast<std::size_t>(end - text.begin());
  while (length > 0 && text[length - 1] == '.') --length;  // of a sentence
  const auto word = text.substr(0, length);
  return std::find(kActions.begin(), kActions.end(), word) == kActions.end() ? 0 : length;
}

// Of a remedy, up to its next command.
bool says_where(std::string_view command) {
  return command.substr(0, command.find(kProgram)).find(" --on ") != std::string_view::npos;
}

// "ctys stop does" is no command to type.
bool is_told_of(std::string_view command) {
  return command.starts_with(" does");
}

// Is the word behind this one that ctys reads, not ssh?
bool is_for_ctys(std::string_view before) {
  constexpr std::array<std::string_view, 3> kBefore{"--on ", "ctys doctor ", "ctys distribute "};
  return std::any_of(kBefore.begin(), kBefore.end(),
                     [&](std::string_view words) { return before.ends_with(words); });
}

}  // namespace

std::string with_place(std::string_view fix, std::string_view place) {
  std::string placed;
  for (auto at = fix.find(kProgram); at != std::string_view::npos; at = fix.find(kProgram)) {
    const bool is_command = at == 0 || !is_word_part(fix[at - 1]);
    const auto length = length_of_action(fix.substr(at + kProgram.size()));
    const auto end = at + kProgram.size() + length;
    placed += fix.substr(0, end);
    fix.remove_prefix(end);
    if (is_command && length > 0 && !says_where(fix) && !is_told_of(fix)) placed += place;
  }
  return placed.append(fix);
}

namespace {

// The user before a word, with the '@': what a text ends with, back to its last space.
std::string_view user_at_end(std::string_view text) {
  if (!text.ends_with('@')) return {};
  const auto space = text.rfind(' ');
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

std::string words_for(std::string_view host, std::string_view user) {
  auto target = model::parse_target(host);
  if (!target) return {};
  std::string words = target->port == 0 ? "" : "-p " + std::to_string(target->port) + " ";
  if (!user.empty()) target->user = user.substr(0, user.size() - 1);
  if (!target->user.empty()) words += target->user + "@";
  return words + target->host;
}

// With these in place of the word HOST; `for_ssh`: given the user before it.
template <class Words>
std::string named(std::string_view fix, std::string_view for_ctys, const Words& for_ssh) {
  constexpr std::string_view kWord = "HOST";
  const auto is_part = [&](std::size_t at) {
    const auto c = at < fix.size() ? fix[at] : ' ';
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  std::string text;
  for (auto at = fix.find(kWord); at != std::string_view::npos; at = fix.find(kWord)) {
    const bool is_word = (at == 0 || !is_part(at - 1)) && !is_part(at + kWord.size());
    const auto before = fix.substr(0, at);
    const auto user = user_at_end(before);
    if (!is_word)
      text.append(before).append(kWord);
    else if (is_for_ctys(before))
      text.append(before).append(for_ctys);
    else
      text.append(before.substr(0, before.size() - user.size())).append(for_ssh(user));
    fix.remove_prefix(at + kWord.size());
  }
  return text.append(fix);
}

}  // namespace

std::string words_for_ssh(std::string_view host) {
  return words_for(host, {});
}

std::string with_user(std::string_view fix, std::string_view user) {
  const auto add = [&](std::string_view given) {
    return (given.empty() ? std::string(user) + "@" : std::string(given)) + "HOST";
  };
  return user.empty() ? std::string(fix) : named(fix, "HOST", add);
}

std::string with_host(std::string_view fix, std::string_view host) {
  if (host.empty() || words_for_ssh(host).empty()) return std::string(fix);
  return named(fix, host, [&](std::string_view user) { return words_for(host, user); });
}

std::string with_each_host(std::string_view fix, std::string_view hosts) {
  constexpr std::string_view kBegin = " (HOST: ";
  const auto nothing = [](std::string_view) { return std::string(); };
  if (fix.find(kBegin) != std::string_view::npos || named(fix, "", nothing) == fix) return std::string(fix);
  // Who logs in is said once: where each of them has the user.
  const auto once = [&](std::string_view user) {
    return (hosts.starts_with(user) ? std::string() : std::string(user)) + "HOST";
  };
  return named(fix, "HOST", once).append(kBegin).append(hosts).append(")");
}

std::string with_hosts(std::string_view fix, std::string_view set) {
  return named(fix, set, [](std::string_view user) { return std::string(user) + "HOST"; });
}

}  // namespace ctys::model
