// Remedies that name the host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/remedy.hpp"

#include "model/target.hpp"

namespace ctys::model {

std::string with_host(std::string_view fix, std::string_view host) {
  constexpr std::string_view kWord = "HOST";
  const auto target = host.empty() ? Result<model::Target>() : model::parse_target(host);
  if (host.empty() || !target) return std::string(fix);
  std::string for_ssh = target->port == 0 ? "" : "-p " + std::to_string(target->port) + " ";
  if (!target->user.empty()) for_ssh += target->user + "@";
  for_ssh += target->host;
  const auto is_part = [&](std::size_t at) {
    const auto c = at < fix.size() ? fix[at] : ' ';
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  std::string named;
  for (auto at = fix.find(kWord); at != std::string_view::npos; at = fix.find(kWord)) {
    const bool is_word = (at == 0 || !is_part(at - 1)) && !is_part(at + kWord.size());
    const auto before = fix.substr(0, at);
    named += before;
    if (is_word)
      named += before.ends_with("--on ") ? std::string_view(host) : std::string_view(for_ssh);
    else
      named += kWord;
    fix.remove_prefix(at + kWord.size());
  }
  return named.append(fix);
}

}  // namespace ctys::model
