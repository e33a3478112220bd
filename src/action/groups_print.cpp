// Writes groups, trees and hosts: for people, for pasting, for programs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/groups_print.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace ctys::action {
namespace {

using nlohmann::ordered_json;

std::string dumped(const ordered_json& json) {
  constexpr bool kAscii = true;  // what would act on a terminal is escaped
  return json.dump(-1, ' ', kAscii, ordered_json::error_handler_t::replace);
}

// An array with one element a line.
std::string in_lines(const std::vector<ordered_json>& list) {
  std::string out = "[";
  for (const auto& element : list) out += (out.size() == 1 ? "\n" : ",\n") + dumped(element);
  return out + (list.empty() ? "]\n" : "\n]\n");
}

std::size_t kilobytes(std::size_t bytes) {
  constexpr std::size_t kKilo = 1024;
  return (bytes + kKilo - 1) / kKilo;
}

void add_branches(std::string& out, const std::vector<groups::Tree>& parts, const std::string& indent,
                  unsigned depth) {
  if (depth == 1) return;
  for (const auto& part : parts) {
    const bool last = &part == &parts.back();
    out += indent + (last ? "`- " : "|- ") + text::printable(part.name) + "\n";
    add_branches(out, part.parts, indent + (last ? "   " : "|  "), depth == 0 ? 0 : depth - 1);
  }
}

ordered_json as_json(const groups::Tree& tree, unsigned depth) {
  ordered_json json{{"name", tree.name}};
  if (!tree.is_group) return json;
  auto parts = ordered_json::array();
  if (depth != 1)
    for (const auto& part : tree.parts) parts.push_back(as_json(part, depth == 0 ? 0 : depth - 1));
  json["parts"] = std::move(parts);
  return json;
}

// HOST'(OPTIONS)' as a shell reads it.
std::string pasted(const groups::Host& host) {
  if (host.contexts.empty()) return text::shell_quoted(host.name);
  const auto options = text::join(host.contexts, " ");
  if (options.find('\'') != std::string::npos) return text::shell_quoted(host.name + "(" + options + ")");
  return text::shell_quoted(host.name) + "'(" + options + ")'";
}

std::string host_part(std::string_view name) {
  const auto at = name.rfind('@');
  name = name.substr(at == std::string_view::npos ? 0 : at + 1);
  if (name.starts_with('[')) return std::string(name.substr(1, name.find(']') - 1));
  return std::string(std::count(name.begin(), name.end(), ':') == 1 ? name.substr(0, name.find(':')) : name);
}

// USER@HOST where a user is known: written in front of the host, or as -l USER in its options.
std::string account(const groups::Host& host) {
  const auto name = host_part(host.name);
  if (const auto at = host.name.rfind('@'); at != std::string::npos)
    return host.name.substr(0, at) + "@" + name;
  const auto user = user_of(host);
  return user.empty() ? name : user + "@" + name;
}

std::string member(const groups::Host& host, unsigned mode) {
  constexpr unsigned kPlain = 3;  // modes 2 and 3 are to be read, 4 and 5 to be pasted
  switch (mode) {
    case 6:
    case 7:
      return account(host);
    case 8:
      return host_part(host.name);
    default:
      if (mode > kPlain) return (mode == 5 ? "ctys " : "") + pasted(host);
      return host.contexts.empty() ? host.name : host.name + "'(" + text::join(host.contexts, " ") + ")'";
  }
}

}  // namespace

std::string user_of(const groups::Host& host) {
  std::string user;
  for (const auto& context : host.contexts) {
    const auto words = text::split(context, ' ');
    for (std::size_t at = 0; at < words.size(); ++at)
      if (words[at] == "-l" && at + 1 < words.size())
        user = words[at + 1];
      else if (words[at].starts_with("-l") && words[at].size() > 2)
        user = words[at].substr(2);
  }
  return user;
}

std::string group_table(const std::vector<GroupRow>& rows) {
  std::vector<std::array<std::string, 5>> cells{{"GROUP", "HOSTS", "MEMBERS", "INCLUDES", "FILE"}};
  for (const auto& [measure, error] : rows)
    if (error)
      cells.push_back({text::printable(measure.name), "?", "?", "?", "cannot be read"});
    else
      cells.push_back({text::printable(measure.name), std::to_string(measure.hosts),
                       std::to_string(measure.members), std::to_string(measure.includes),
                       text::printable(measure.path)});
  std::array<std::size_t, 5> widths{};
  for (const auto& row : cells)
    for (std::size_t at = 0; at + 1 < row.size(); ++at)
      widths[at] = std::max(widths[at], text::columns(row[at]) + 2);
  std::string out;
  for (const auto& row : cells) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      out += row[at];
      if (at + 1 < row.size()) out.append(widths[at] - text::columns(row[at]), ' ');
    }
    out += '\n';
  }
  return out;
}

std::string group_lines(const std::vector<GroupRow>& rows) {
  std::string out;
  for (const auto& [measure, error] : rows)
    out += (error ? "? ?/? ?"
                  : std::to_string(kilobytes(measure.bytes)) + " " + std::to_string(measure.members) + "/" +
                        std::to_string(measure.includes) + " " + std::to_string(measure.hosts)) +
           " " + text::printable(measure.name) + "\n";
  return out;
}

std::string group_json(const std::vector<GroupRow>& rows) {
  std::vector<ordered_json> list;
  for (const auto& [measure, error] : rows)
    if (error)
      list.push_back({{"name", measure.name},
                      {"error",
                       {{"status", static_cast<int>(error->code)},
                        {"what", error->summary},
                        {"why", error->why},
                        {"fix", error->fix}}}});
    else
      list.push_back({{"name", measure.name},
                      {"path", measure.path},
                      {"bytes", measure.bytes},
                      {"members", measure.members},
                      {"includes", measure.includes},
                      {"hosts", measure.hosts}});
  return in_lines(list);
}

std::vector<groups::Tree> folder_trees(const std::vector<std::string>& names, bool files) {
  groups::Tree root{{}, true, {}};
  for (const auto& name : names) {
    auto* folder = &root;
    const auto parts = text::split(name, '/');
    for (std::size_t at = 0; at < parts.size(); ++at) {
      const bool is_folder = at + 1 < parts.size();
      if (!is_folder && !files) break;
      const auto shown = std::string(parts[at]) + (is_folder ? "/" : "");
      auto& known = folder->parts;  // names are sorted: a folder that is known is the last one
      if (!is_folder || known.empty() || known.back().name != shown) known.push_back({shown, is_folder, {}});
      folder = &known.back();
    }
  }
  return std::move(root.parts);
}

std::string tree_text(const std::vector<groups::Tree>& trees, unsigned depth) {
  std::string out;
  for (const auto& tree : trees) {
    out += text::printable(tree.name) + "\n";
    add_branches(out, tree.parts, {}, depth);
  }
  return out;
}

std::string tree_json(const std::vector<groups::Tree>& trees, unsigned depth) {
  std::vector<ordered_json> list;
  list.reserve(trees.size());
  for (const auto& tree : trees) list.push_back(as_json(tree, depth));
  return in_lines(list);
}

std::string member_text(const groups::Hosts& hosts, const model::GroupsOptions& options) {
  const auto mode = options.mode;
  const bool lines = mode == 5 || (!options.terse && (mode == 3 || mode == 6));
  std::string out;
  std::unordered_set<std::string> seen;
  std::size_t number = 0;
  for (const auto& host : hosts) {
    const auto text = member(host, mode);
    if (options.unique && !seen.insert(text).second) continue;
    if (!out.empty() && !lines) out += ' ';
    if (options.numbered) out += std::to_string(++number) + ": ";
    out += text;
    if (lines) out += '\n';
  }
  if (!out.empty() && !lines) out += '\n';
  return out;
}

std::string host_json(const groups::Hosts& hosts) {
  std::vector<ordered_json> list;
  for (const auto& host : hosts) {
    ordered_json json{{"host", host.name}, {"options", host.contexts}};
    if (!host.place.empty()) json["place"] = host.place;
    list.push_back(std::move(json));
  }
  return in_lines(list);
}

std::string words_json(const std::vector<std::string>& words) {
  const std::vector<ordered_json> list(words.begin(), words.end());
  return in_lines(list);
}

}  // namespace ctys::action
