// Is a machine that a hypervisor shows the one that a record of the inventory is about?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/fit.hpp"

#include "action/match.hpp"
#include "inventory/compose.hpp"
#include "inventory/resolve.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

namespace ctys::action {
using model::Record;
namespace {

// What a hypervisor says of an identity that a record has: nothing also where the record has none.
enum class Says : std::uint8_t { nothing, same, other };

Says says_of_mac(const Known& known, const Record& now, std::span<const Record> candidates) {
  if (known.macs.empty()) return Says::nothing;
  auto says = Says::nothing;
  for (const auto& part : candidates) {  // a machine has one for each of its interfaces
    if (part.get(Field::mac).empty() || !same_machine(part, now)) continue;
    if (std::any_of(known.macs.begin(), known.macs.end(),
                    [&](const std::string& mac) { return holds(part, "MAC", mac); }))
      return Says::same;
    says = Says::other;
  }
  return says;
}

Says says_of_label(const Record& recorded, const Record& now) {
  const auto& label = recorded.get(Field::label);
  if (label.empty() || (now.get(Field::label).empty() && now.get(Field::name).empty())) return Says::nothing;
  return holds(now, "LABEL", label) || holds(now, "NAME", label) ? Says::same : Says::other;
}

std::filesystem::path normal(const std::filesystem::path& path) {
  return path.lexically_normal();
}

Says says_of_path(const Record& recorded, const Record& now) {
  const auto& path = now.get(Field::id);
  if (recorded.get(Field::id).empty() || path.empty()) return Says::nothing;
  if (!inventory::recorded_alike(normal(path).string(), normal(recorded.get(Field::id)).string()))
    return Says::other;
  // The file of a connection is that of all its machines.
  return now.get(Field::context).ends_with(path) ? Says::nothing : Says::same;
}

}  // namespace

bool has_other_mac(const Known& known, const Record& now, std::span<const Record> candidates) {
  return says_of_mac(known, now, candidates) == Says::other;
}

Fit fit_of(const Known& known, const Record& recorded, const Record& now,
           std::span<const Record> candidates) {
  const bool may_be = inventory::may_be_of_type(recorded, now.get(Field::type));
  if (const auto& uuid = recorded.get(Field::uuid); !uuid.empty())
    return may_be && holds(now, "UUID", uuid) ? Fit::sure : Fit::no;
  const auto mac = says_of_mac(known, now, candidates);
  const auto label = says_of_label(recorded, now);
  const auto path = says_of_path(recorded, now);
  if (mac == Says::other) return label == Says::same || path == Says::same ? Fit::contradicts : Fit::no;
  if (mac == Says::same)
    return label == Says::other && path != Says::same ? Fit::contradicts : may_be ? Fit::sure : Fit::no;
  if (label == Says::same && path == Says::other) return Fit::displaced;
  if (!may_be) return Fit::no;
  if (path == Says::same) return Fit::likely;
  return label == Says::same && path == Says::nothing ? Fit::likely : Fit::no;
}

const Record* contradictor(const Known& known, const Record& recorded, std::span<const Record> candidates) {
  const Record* other = nullptr;
  const Record* displaced = nullptr;
  bool is_there = false;
  for (const auto& now : candidates) {
    const auto fit = fit_of(known, recorded, now, candidates);
    if (fit == Fit::sure) return nullptr;
    if (fit == Fit::contradicts && other == nullptr) other = &now;
    // A path says nothing against who was named by something that only the record has.
    if (fit == Fit::displaced && displaced == nullptr && !matching(known.address, std::span(&now, 1)).empty())
      displaced = &now;
    is_there |= fit == Fit::likely;
  }
  return other != nullptr || is_there ? other : displaced;
}

}  // namespace ctys::action
