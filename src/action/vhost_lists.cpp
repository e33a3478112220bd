// Lists instead of records: which databases, hosts and groups there are.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "groups/source.hpp"
#include "inventory/view.hpp"

#include <set>

namespace ctys::action {
namespace {

using model::GroupsVerb;
using model::Listing;

// The text of groups, of all of them where none is named.
Result<void> append_contents(std::string& out, const std::vector<std::string>& names) {
  const auto source = groups::usual_source();
  for (const auto& name : names.empty() ? source.names() : names) {
    const auto file = TRY(source.load(name, 0));
    if (!file) return groups::no_group(source, name, {});
    for (const auto line : text::split(file->content, '\n')) out += text::printable(line) + '\n';
    if (file->content.ends_with('\n')) out.pop_back();
  }
  return {};
}

// What ctys groups prints: "<size kB> <own members>/<includes> <hosts> <group>", or members in one of its
// modes.
Exit list_groups(const model::Request& request) {
  auto asked = request;
  asked.groups.words = request.inventory.listed_groups;
  if (request.inventory.listing != Listing::group_members) {
    asked.groups.verb = GroupsVerb::list;
    asked.groups.mode = 1;
  }
  return groups(asked);
}

// "<records> <path>"
Result<void> append_databases(std::string& out, std::span<const inventory::Source> view) {
  for (const auto& source : view) {
    std::uint64_t records = 0;
    tell_warnings(TRY(inventory::scan(std::span(&source, 1), {}, {}, [&](const inventory::Selected&) {
      ++records;
      return true;
    })));
    out += std::to_string(records) + " " + text::printable(source.path().string()) + "\n";
  }
  return {};
}

// The machines that hold others: field 1, each once, sorted.
Result<void> append_members(std::string& out, std::span<const inventory::Source> view) {
  std::set<std::string, std::less<>> hosts;
  tell_faults(TRY(inventory::scan(view, {}, {}, [&](const inventory::Selected& record) {
    const auto host = inventory::field(record.line, 1);
    if (hosts.find(host) == hosts.end()) hosts.emplace(host);
    return true;
  })));
  for (const auto& host : hosts)
    if (!host.empty()) out += text::printable(host) + "\n";
  return {};
}

Result<std::string> listing_of(const model::InventoryRequest& request) {
  std::string out;
  if (request.listing == Listing::group_content) {
    TRY_VOID(append_contents(out, request.listed_groups));
    return out;
  }
  const auto view = TRY(inventory::open_view(inventory::view_directories(request.databases)));
  TRY_VOID(request.listing == Listing::members ? append_members(out, view) : append_databases(out, view));
  return out;
}

}  // namespace

Exit list_inventory(const model::Request& request) {
  const auto listing = request.inventory.listing;
  if (listing == Listing::groups || listing == Listing::group_members) return list_groups(request);
  const auto text = listing_of(request.inventory);
  if (!text) return finish(text.error(), request);
  const auto status = print(*text) ? Exit::ok : Exit::failed;
  return listing == Listing::all ? worse(status, list_groups(request)) : status;
}

}  // namespace ctys::action
