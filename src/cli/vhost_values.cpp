// The values of the inventory's options: what is reachable, what is listed, where data comes from.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/groups_options.hpp"
#include "cli/vhost.hpp"
#include "cli/vocabulary_inventory.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::cli {

namespace {

constexpr std::string_view kMembers = "MEMBERSGROUP";

// MEMBERSGROUP7u: the form is one of ctys-groups -m.
Result<void> read_members(Draft& draft, std::string_view word) {
  const auto mode = word.size() > kMembers.size() ? std::string(word.substr(kMembers.size())) : "2";
  if (!is_one_of(mode, kMemberModes)) return bad_word(std::string(kMembers), mode, kMemberModes);
  return read_groups_mode(draft.request.groups, std::string(kMembers), mode);
}

using model::InventoryRequest;

template <model::Listing what>
void show(InventoryRequest& inventory) {
  inventory.listing = what;
}

// Words that say where data comes from, and words that list or clear and end.
struct CacheWord {
  std::string_view word;
  void (*apply)(InventoryRequest& inventory);
};
// There are no intermediate files that could be kept, and an index is adjusted at each use.
void nothing(InventoryRequest& /*inventory*/) {}

constexpr std::array kCacheWords{
    CacheWord{"OFF", [](InventoryRequest& inventory) { inventory.no_index = true; }},
    CacheWord{"MACMAP", [](InventoryRequest& inventory) { inventory.macmap = model::MacmapUse::first; }},
    CacheWord{"MACMAPONLY", [](InventoryRequest& inventory) { inventory.macmap = model::MacmapUse::only; }},
    CacheWord{"GROUPS", [](InventoryRequest& inventory) { inventory.names_groups = true; }},
    CacheWord{"ADJUST", nothing},
    CacheWord{"KEEPALL", nothing},
    CacheWord{"REBUILDCACHE", [](InventoryRequest& inventory) { inventory.rebuilds_index = true; }},
    CacheWord{"CLEARTMP", [](InventoryRequest& inventory) { inventory.clears_leftovers = true; }},
    CacheWord{"CLEARALL",
              [](InventoryRequest& inventory) { inventory.clears_all = inventory.clears_leftovers = true; }},
    CacheWord{"LIST", show<model::Listing::databases>},
    CacheWord{"LISTCACHE", show<model::Listing::databases>},
    CacheWord{"LISTTARGETS", show<model::Listing::members>},
    CacheWord{"MEMBERSDB", show<model::Listing::members>},
    CacheWord{"LISTGROUPS", show<model::Listing::groups>},
};

}  // namespace

// [MARK|(REVERSE|R|-),](PING|SSH)[,PM|VM]
Result<void> read_reachable(Draft& draft, const std::string& option, const std::string& value) {
  constexpr std::string_view kWords = "PING|SSH|PM|VM|MARK|REVERSE|R|-";
  model::Reachability wanted;
  for (const auto word : text::split(value, ',')) {
    if (!is_one_of(word, kWords)) return bad_word(option, word, kWords);
    if (is_one_of(word, "MARK"))
      wanted.marks = true;
    else if (is_one_of(word, "PING|SSH"))
      wanted.how = is_one_of(word, "PING") ? model::Reachability::How::ping : model::Reachability::How::ssh;
    else if (is_one_of(word, "PM|VM"))
      wanted.of_vm = is_one_of(word, "VM");
    else
      wanted.reversed = true;
  }
  if (wanted.how == model::Reachability::How::none)
    return bad_value(option, value, "how to ask is missing",
                     "write " + option + " ping, or " + option + " ssh");
  draft.request.inventory.reachability = wanted;
  return {};
}

// LIST[:group%group]
Result<void> read_listing(Draft& draft, const std::string& option, const std::string& value) {
  using model::Listing;
  constexpr std::array kMeaning{Listing::all,          Listing::all,    Listing::databases,
                                Listing::members,      Listing::groups, Listing::group_content,
                                Listing::group_members};
  const auto colon = value.find(':');
  const auto word = std::string_view(value).substr(0, colon);
  auto& inventory = draft.request.inventory;
  const bool has_form = text::upper(word).starts_with(kMembers);
  inventory.listing =
      kMeaning.at(TRY(enum_of<std::size_t>(option, has_form ? kMembers : word, text::upper(kListings))));
  if (has_form) TRY_VOID(read_members(draft, word));
  if (colon == std::string::npos) return {};
  if (!has_form && inventory.listing != Listing::groups && inventory.listing != Listing::group_content)
    return bad_value(option, value, "this list takes no groups");
  for (auto& group : model::values(value.substr(colon + 1)))
    if (!group.empty()) inventory.listed_groups.push_back(std::move(group));
  return {};
}

Result<void> read_cache(Draft& draft, const std::string& option, const std::string& value) {
  std::string known;
  for (const auto& one : kCacheWords) known.append(known.empty() ? "" : "|").append(one.word);
  for (const auto word : text::split(value, ',')) {
    const auto* const found = std::find_if(kCacheWords.begin(), kCacheWords.end(), [&](const CacheWord& one) {
      return text::equal_ci(one.word, word);
    });
    if (found == kCacheWords.end()) return bad_word(option, word, known);
    found->apply(draft.request.inventory);
  }
  return {};
}

// The types become a condition on field 2. Whether one that the grammar has no word for is a plugin's or a
// record's is seen later.
Result<void> read_types(Draft& draft, const std::string& option, const std::string& value) {
  auto& types = draft.request.types;
  auto& unnamed = draft.request.inventory.unnamed_types;
  if (value.find_first_not_of(", ") == std::string::npos)
    return bad_value(option, value, "the type is empty");
  for (const auto word : text::split(value, ',')) {
    if (text::equal_ci(word, "all")) {
      types.clear();
      unnamed.clear();
      continue;
    }
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
             c == '-';
    });
    if (!plain) return bad_value(option, value, "this is no session type");
    auto name = text::upper(word);
    if (name == "KVM") name = "QEMU";
    const auto known = cli::types();
    const bool is_named = name == "VM" || std::any_of(known.begin(), known.end(),
                                                      [&](const TypeWord& one) { return one.name == name; });
    if (!is_named) unnamed.push_back(name);
    types.push_back(std::move(name));
  }
  return {};
}

}  // namespace ctys::cli
