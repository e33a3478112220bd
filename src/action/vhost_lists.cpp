// Lists instead of records: which databases, hosts and groups there are.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/finish.hpp"
#include "action/vhost.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/view.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace ctys::action {
namespace {

namespace fs = std::filesystem;
using model::Listing;

constexpr std::size_t kMaxGroup = std::size_t{4} << 20;
constexpr std::size_t kMostGroups = 100'000;

struct Group {
  std::string name;  // relative to the folder of the search path
  fs::path path;
};

std::vector<fs::path> group_path() {
  return paths::search_path("CTYS_GROUPS_PATH",
                            {paths::home() / ".ctys" / "groups", paths::config_home() / "groups"});
}

// Every group of the search path; of two with the same name the first one counts.
std::vector<Group> all_groups() {
  std::vector<Group> groups;
  std::set<std::string> names;
  for (const auto& folder : group_path()) {
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator() && groups.size() < kMostGroups;
         at.increment(error)) {
      std::error_code ignored;
      if (at->path().filename().string().starts_with('.') || !at->is_regular_file(ignored)) continue;
      auto name = at->path().lexically_relative(folder).string();
      if (names.insert(name).second) groups.push_back({std::move(name), at->path()});
    }
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
  return groups;
}

// The groups that were named, or all.
Result<std::vector<Group>> chosen_groups(const std::vector<std::string>& names) {
  auto groups = all_groups();
  if (names.empty()) return groups;
  std::vector<Group> chosen;
  for (const auto& name : names) {
    const auto at =
        std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.name == name; });
    if (at == groups.end()) {
      std::vector<std::string_view> known;
      known.reserve(groups.size());
      for (const auto& group : groups) known.push_back(group.name);
      return fail(Exit::usage, "there is no group " + model::in_quotes(name),
                  "it is in no folder of CTYS_GROUPS_PATH", text::did_you_mean(name, known));
    }
    chosen.push_back(*at);
  }
  return chosen;
}

// Members and #include lines of a group file. Text in parentheses belongs to the member in front of it.
struct Counts {
  std::size_t members = 0;
  std::size_t includes = 0;
};

Counts count(std::string_view content) {
  Counts counts;
  int depth = 0;
  bool in_word = false;
  while (!content.empty()) {
    auto line = content.substr(0, content.find('\n'));
    content.remove_prefix(std::min(content.size(), line.size() + 1));
    line = text::trim(line);
    if (depth == 0 && line.starts_with('#')) {
      if (line.starts_with("#include")) ++counts.includes;
      continue;
    }
    in_word = in_word && depth > 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
      const char c = line[at];
      depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
      const bool blank = depth == 0 && (c == ' ' || c == '\t' || c == ',');
      if (!blank && !in_word && !line.substr(at).starts_with("CONTEXT")) ++counts.members;
      in_word = !blank;
    }
  }
  return counts;
}

// "<size kB> <own targets>/<includes> <resolved targets> <group>": how many there are once what is included
// is read is known only where nothing is.
Result<void> append_groups(std::string& out, const std::vector<std::string>& names, bool content) {
  for (const auto& group : TRY(chosen_groups(names))) {
    const auto text = read_file(group.path, kMaxGroup);
    if (!text) {
      log::write(log::Severity::warning, "groups", text.error().summary + ": " + text.error().why);
      continue;
    }
    if (content) {
      for (const auto line : text::split(*text, '\n')) out += text::printable(line) + '\n';
      if (text->ends_with('\n')) out.pop_back();
      continue;
    }
    const auto counts = count(*text);
    constexpr std::size_t kKilo = 1024;
    out += std::to_string((text->size() + kKilo - 1) / kKilo) + " " + std::to_string(counts.members) + "/" +
           std::to_string(counts.includes) + " " +
           (counts.includes == 0 ? std::to_string(counts.members) : std::string("-")) + " " +
           text::printable(group.name) + "\n";
  }
  return {};
}

// "<records> <path>"
Result<void> append_databases(std::string& out, std::span<const inventory::Source> view) {
  for (const auto& source : view) {
    std::uint64_t records = 0;
    for (const auto& warning :
         TRY(inventory::scan(std::span(&source, 1), {}, {}, [&](const inventory::Selected&) {
           ++records;
           return true;
         })))
      log::write(log::Severity::warning, "inventory", warning);
    out += std::to_string(records) + " " + text::printable(source.path().string()) + "\n";
  }
  return {};
}

// The machines that hold others: field 1, each once, sorted.
Result<void> append_members(std::string& out, std::span<const inventory::Source> view) {
  std::set<std::string, std::less<>> hosts;
  for (const auto& warning : TRY(inventory::scan(view, {}, {}, [&](const inventory::Selected& record) {
         const auto host = inventory::field(record.line, 1);
         if (hosts.find(host) == hosts.end()) hosts.emplace(host);
         return true;
       })))
    log::write(log::Severity::warning, "inventory", warning);
  for (const auto& host : hosts)
    if (!host.empty()) out += text::printable(host) + "\n";
  return {};
}

Result<std::string> listing_of(const model::InventoryRequest& request) {
  std::string out;
  const auto wanted = request.listing;
  if (wanted != Listing::groups && wanted != Listing::group_content) {
    const auto view = TRY(inventory::open_view(inventory::view_directories(request.databases)));
    TRY_VOID(wanted == Listing::members ? append_members(out, view) : append_databases(out, view));
  }
  if (wanted == Listing::all || wanted == Listing::groups || wanted == Listing::group_content)
    TRY_VOID(append_groups(out, request.listed_groups, wanted == Listing::group_content));
  return out;
}

}  // namespace

Exit list_inventory(const model::Request& request) {
  const auto text = listing_of(request.inventory);
  if (!text) return finish(text.error(), request);
  return print(*text) ? Exit::ok : Exit::failed;
}

}  // namespace ctys::action
