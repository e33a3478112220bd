// The values of the inventory's options: what is reachable, what is listed, where data comes from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/groups_options.hpp"
#include "cli/vhost.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {

// [MARK|(REVERSE|R|-),](PING|SSH)[,PM|VM]
Result<void> read_reachable(Draft& draft, const std::string& option, const std::string& value) {
  model::Reachability wanted;
  for (const auto word : text::split(value, ',')) {
    if (is_one_of(word, "MARK"))
      wanted.marks = true;
    else if (is_one_of(word, "REVERSE|R|-"))
      wanted.reversed = true;
    else if (is_one_of(word, "PING|SSH"))
      wanted.how = is_one_of(word, "PING") ? model::Reachability::How::ping : model::Reachability::How::ssh;
    else if (is_one_of(word, "PM|VM"))
      wanted.of_vm = is_one_of(word, "VM");
    else
      return bad_word(option, word, "PING|SSH|PM|VM|MARK|REVERSE");
  }
  if (wanted.how == model::Reachability::How::none)
    return bad_value(option, value, "how to ask is missing",
                     "write " + option + " ping, or " + option + " ssh");
  draft.request.inventory.reachability = wanted;
  return {};
}

namespace {

constexpr std::string_view kMembers = "MEMBERSGROUP";

// MEMBERSGROUP7u: the form is one of ctys-groups -m.
Result<void> read_members(Draft& draft, std::string_view word) {
  const auto mode = word.size() > kMembers.size() ? std::string(word.substr(kMembers.size())) : "2";
  TRY_VOID(read_groups_mode(draft.request.groups, "MEMBERSGROUP", mode));
  if (draft.request.groups.mode == 1) return bad_word("MEMBERSGROUP", mode, "2|3|4|5|5x|6|6u|7|7u|8|8u");
  draft.request.inventory.listing = model::Listing::group_members;
  return {};
}

}  // namespace

// LIST[:group%group]
Result<void> read_listing(Draft& draft, const std::string& option, const std::string& value) {
  using model::Listing;
  const auto colon = value.find(':');
  const auto word = std::string_view(value).substr(0, colon);
  auto& inventory = draft.request.inventory;
  if (text::upper(word).starts_with(kMembers)) {
    TRY_VOID(read_members(draft, word));
    if (colon != std::string::npos)
      for (auto& group : model::values(value.substr(colon + 1)))
        if (!group.empty()) inventory.listed_groups.push_back(std::move(group));
    return {};
  }
  constexpr std::string_view kWords = "LISTALL|LIST|LISTDB|MEMBERSDB|LISTGROUP|CONTENTGROUP";
  constexpr std::array kMeaning{Listing::all,     Listing::all,    Listing::databases,
                                Listing::members, Listing::groups, Listing::group_content};
  const auto at = TRY(enum_of<std::size_t>(option, word, kWords));
  inventory.listing = kMeaning[at];
  if (colon == std::string::npos) return {};
  if (inventory.listing != Listing::groups && inventory.listing != Listing::group_content)
    return bad_value(option, value, "this list takes no groups");
  for (auto& group : model::values(value.substr(colon + 1)))
    if (!group.empty()) inventory.listed_groups.push_back(std::move(group));
  return {};
}

// -C: words that say where data comes from, and words that list or clear and end.
Result<void> read_cache(Draft& draft, const std::string& option, const std::string& value) {
  auto& inventory = draft.request.inventory;
  for (const auto word : text::split(value, ',')) {
    if (is_one_of(word, "OFF"))
      inventory.no_index = true;
    else if (is_one_of(word, "MEMBERSDB|LISTTARGETS"))
      inventory.listing = model::Listing::members;
    else if (is_one_of(word, "LISTGROUPS"))
      inventory.listing = model::Listing::groups;
    else if (is_one_of(word, "LIST|LISTCACHE"))
      inventory.listing = model::Listing::databases;
    else if (is_one_of(word, "KEEPALL|ADJUST"))
      continue;  // there are no intermediate files that could be kept, and an index is adjusted at each use
    else if (is_one_of(word, "MACMAP|MACMAPONLY"))
      inventory.macmap = is_one_of(word, "MACMAP") ? model::MacmapUse::first : model::MacmapUse::only;
    else if (is_one_of(word, "GROUPS"))
      inventory.names_groups = true;
    else if (is_one_of(word, "REBUILDCACHE"))
      inventory.rebuilds_index = true;
    else if (is_one_of(word, "CLEARTMP"))
      inventory.clears_leftovers = true;
    else if (is_one_of(word, "CLEARALL"))
      inventory.clears_all = inventory.clears_leftovers = true;
    else
      return bad_word(
          option, word,
          "OFF|MACMAP|MACMAPONLY|GROUPS|ADJUST|REBUILDCACHE|CLEARTMP|CLEARALL|KEEPALL|LIST|LISTCACHE|"
          "LISTTARGETS|LISTGROUPS|MEMBERSDB");
  }
  return {};
}

// The types become a condition on field 2.
Result<void> read_types(Draft& draft, const std::string& option, const std::string& value) {
  auto& types = draft.request.types;
  for (const auto word : text::split(value, ',')) {
    if (text::equal_ci(word, "all")) {
      types.clear();
      continue;
    }
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
             c == '-';
    });
    if (!plain) return bad_value(option, value, "this is no session type");
    types.push_back(text::upper(word));
  }
  return {};
}

}  // namespace ctys::cli
