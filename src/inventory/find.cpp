// Finds machines by key.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/find.hpp"

#include "inventory/index.hpp"

#include <utility>

namespace ctys::inventory {
namespace {

void warn(Found& found, const Source& source, const Faults& faults) {
  if (auto text = warning(source, faults); !text.empty()) found.warnings.push_back(std::move(text));
}

Result<void> scan(const Source& source, std::size_t number, const Key& key, Found& found) {
  Reader reader(source);
  for (Line line; reader.next(line);)
    if (const auto kinds = holds(key, line.text); kinds != 0)
      found.matches.push_back({std::string(line.text), number, line.offset, kinds});
  TRY_VOID(reader.status());
  warn(found, source, reader.faults());
  return {};
}

// The records from `offset` on, as long as they are on the host; what stands between them does not end a run.
Result<std::uint64_t> follow_host(const Source& source, std::size_t number, std::uint64_t offset,
                                  const Key& key, Found& found) {
  Reader reader(source, offset);
  Line line;
  for (; reader.next(line) && holds(key, line.text) != 0;)
    found.matches.push_back({std::string(line.text), number, line.offset, key.kinds});
  TRY_VOID(reader.status());
  return line.offset;
}

Result<void> collect(const Source& source, std::size_t number, const std::vector<std::uint64_t>& offsets,
                     const Key& key, Found& found) {
  std::uint64_t followed = 0;
  for (const auto offset : offsets) {
    if (offset < followed) continue;
    auto line = TRY(source.record_at(offset));
    const Kinds kinds = line ? holds(key, *line) : Kinds{0};
    if (kinds == 0) continue;
    if (key.kinds == only(Kind::host))
      followed = TRY(follow_host(source, number, offset, key, found));
    else
      found.matches.push_back({*std::move(line), number, offset, kinds});
  }
  return {};
}

// False when the index proves to be damaged, or the file has changed: then nothing was added.
Result<bool> look_up(const Source& source, std::size_t number, const Index& index, const Key& key,
                     Found& found) {
  const auto offsets = index.candidates(key);
  if (!offsets) return false;
  const auto before = found.matches.size();
  TRY_VOID(collect(source, number, *offsets, key, found));
  if (TRY(source.stamp_now()) != source.stamp()) {
    found.matches.resize(before);
    return false;
  }
  warn(found, source, index.faults());
  return true;
}

}  // namespace

Result<Found> find_by_scan(std::span<const Source> view, const Key& key) {
  Found found;
  for (std::size_t at = 0; at < view.size(); ++at) TRY_VOID(scan(view[at], at, key, found));
  return found;
}

Result<Found> find(std::span<const Source> view, const Key& key) {
  Found found;
  for (std::size_t at = 0; at < view.size(); ++at) {
    const auto& source = view[at];
    auto index = Index::open(source);
    if (!index && TRY(build_index(source)) == Built::yes) index = Index::open(source);
    if (index && TRY(look_up(source, at, *index, key, found))) continue;
    TRY_VOID(scan(source, at, key, found));
    // A damaged index is of no use to the next one either.
    if (index) (void)TRY(build_index(source));
  }
  return found;
}

}  // namespace ctys::inventory
