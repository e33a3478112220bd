// Look-ups in memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/lookup.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace ctys::inventory {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kUsualRecord = 512;  // bytes
constexpr std::size_t kUsualKeys = 256;    // where most of its keys stand

void prefetch(const char* begin, std::size_t size) noexcept {
  for (std::size_t part = 0; part < size; part += kCacheLine) __builtin_prefetch(begin + part);
}

std::string_view line_at(std::string_view file, std::uint64_t offset, Extent extent) noexcept {
  if (offset >= file.size()) return {};
  const bool is_first = offset == 0 || (offset == kMark.size() && file.starts_with(kMark));
  if (!is_first && file[offset - 1] != '\n') return {};
  const auto rest = file.substr(offset, kMaxLine + 2);
  return extent == Extent::open ? rest : without_return(rest.substr(0, rest.find('\n')));
}

}  // namespace

struct Lookup::List {
  std::once_flag made;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;

  void make(std::string_view file) {
    std::string scratch;
    for (auto rest = without_mark(file); !rest.empty();) {
      const auto offset = file.size() - rest.size();
      const auto line = cut_line(rest);
      if (check(line) != Defect::none) continue;
      for (const auto& [kind, words, number] : kind_names())
        if (const auto value = value_of(kind, line); !value.empty())
          entries.emplace_back(format::hash(fold(value, scratch), kind == Kind::host), offset);
    }
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  }
};

Lookup::Lookup() : list_(std::make_unique<List>()) {}
Lookup::Lookup(Lookup&&) noexcept = default;
Lookup& Lookup::operator=(Lookup&&) noexcept = default;
Lookup::~Lookup() = default;

Result<Lookup> Lookup::open(const Source& source) {
  Lookup made;
  made.file_ = TRY(Mapping::of(source.descriptor(), source.stamp().size));
  made.index_ = Index::open(source);
  if (!made.index_ && TRY(build_index(source)) == Built::yes) made.index_ = Index::open(source);
  if (made.index_) {
    const auto pages = format::pages_of(made.index_->header());
    made.pages_ = TRY(Mapping::of(made.index_->descriptor(), pages * format::kPage));
    made.faults_ = made.index_->faults();
    return made;
  }
  Reader reader(source);
  for (Line line; reader.next(line);) continue;
  TRY_VOID(reader.status());
  made.faults_ = reader.faults();
  return made;
}

// nullptr where the file has none of this number.
const format::Page* Lookup::unchecked_page(std::uint64_t number) const noexcept {
  const auto bytes = pages_.bytes();
  if ((number + 1) * format::kPage > bytes.size()) return nullptr;
  return reinterpret_cast<const format::Page*>(bytes.data() + number * format::kPage);  // NOLINT
}

// A page after its checksum was seen to be right; nullptr otherwise.
const format::Page* Lookup::page(std::uint64_t number) const noexcept {
  const auto* const page = unchecked_page(number);
  if (page == nullptr || page->checksum != format::checksum(*page, number, index_->header().built))
    return nullptr;
  return page;
}

void Lookup::prefetch_page(std::uint64_t hash) const noexcept {
  if (index_) prefetch(reinterpret_cast<const char*>(unchecked_page(index_->page_of(hash))), format::kPage);
}

void Lookup::prefetch_overflow(std::uint64_t hash) const noexcept {
  if (!index_) return;
  const auto* const main = unchecked_page(index_->page_of(hash));
  if (main == nullptr || main->overflow_count() == 0) return;
  const auto number = index_->first_overflow_page() + main->overflow_first();
  prefetch(reinterpret_cast<const char*>(unchecked_page(number)), format::kPage);
}

// False when a page is damaged; then what was appended does not count.
bool Lookup::from_index(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const {
  const auto tag = format::tag_of(hash);
  const auto take = [&](const format::Page* page) {
    if (page == nullptr) return false;
    const auto count = page->count();  // once: the file could change under it
    if (count > format::kSlots) return false;
    for (std::size_t i = 0; i < count; ++i)
      if (format::tag_in(page->slots[i]) == tag) offsets.push_back(format::offset_in(page->slots[i]));
    return true;
  };
  const auto* main = page(index_->page_of(hash));
  if (!take(main)) return false;
  const auto first = index_->first_overflow_page() + main->overflow_first();
  for (std::uint64_t i = 0; i < main->overflow_count(); ++i)
    if (!take(page(first + i))) return false;
  return true;
}

void Lookup::from_list(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const {
  std::call_once(list_->made, [&] { list_->make(file_.bytes()); });
  const auto& entries = list_->entries;
  auto at = std::lower_bound(entries.begin(), entries.end(), std::pair{hash, std::uint64_t{0}});
  for (; at != entries.end() && at->first == hash; ++at) offsets.push_back(at->second);
}

void Lookup::candidates(std::uint64_t hash, std::vector<std::uint64_t>& offsets) const {
  const auto before = offsets.size();
  if (!index_ || !from_index(hash, offsets)) {
    offsets.resize(before);
    from_list(hash, offsets);
  }
  if (offsets.size() - before > 1)
    std::sort(offsets.begin() + static_cast<std::ptrdiff_t>(before), offsets.end());
}

void Lookup::prefetch_record(std::uint64_t offset, Extent extent) const noexcept {
  const auto bytes = file_.bytes();
  const auto size = extent == Extent::open ? kUsualKeys : kUsualRecord;
  if (offset + size > bytes.size()) return;
  prefetch(bytes.data() + offset, size);
}

void Lookup::append_records(std::uint64_t offset, const Key& key, const Wanted& wanted,
                            std::uint64_t& followed, std::vector<std::string_view>& records) const {
  if (offset < followed || records.size() >= wanted.most) return;
  const auto bytes = file_.bytes();
  auto line = line_at(bytes, offset, wanted.extent);
  if (!holds_any(key, line)) return;
  if (key.kinds != only(Kind::host)) {
    records.push_back(line);
    followed = offset + 1;
    return;
  }
  // An index has one entry for many machines of a host. What follows the first one has yet to be looked at.
  for (auto rest = bytes.substr(offset); !rest.empty() && records.size() < wanted.most;) {
    line = cut_line(rest);
    const auto defect = check(line);
    if (defect == Defect::none && !holds_any(key, line)) break;
    if (defect == Defect::none) records.push_back(line);
    followed = bytes.size() - rest.size();
  }
}

Result<void> Lookup::verify(const Source& source) const {
  const std::string what = "cannot answer from " + source.path().string();
  if (file_.is_torn() || TRY(source.stamp_now()) != source.stamp())
    return fail(Exit::failed, what, "it changed while it was read", "ask again");
  if (pages_.is_torn()) return fail(Exit::failed, what, "its index changed while it was read", "ask again");
  return {};
}

}  // namespace ctys::inventory
