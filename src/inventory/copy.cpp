// Copies records, looking at each byte once.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/copy.hpp"

#include "base/text.hpp"
#include "inventory/marks.hpp"
#include "inventory/pieces.hpp"

#include <algorithm>

namespace ctys::inventory {
namespace {

// Is it shown as it stands in the file, with the end of its line?
bool is_plain_record(const MarkedLine& line) noexcept {
  const auto text = line.text;
  if (!line.ended || line.separators + 1 != kFields || text.size() > kMaxLine) return false;
  if (begins_oddly(text)) return false;
  return !line.others || text::is_printable(text);
}

// What is to be copied of one piece of a file.
class Copier {
 public:
  explicit Copier(const Addresses& addresses) : addresses_(addresses.exist() ? &addresses : nullptr) {}

  void look(const Block& block, Faults& faults) {
    parts_.clear();
    const char* begin = block.text.data();  // of what is plain and not kept yet
    MarkedLines lines(block.text);
    for (MarkedLine marked; lines.next(marked);) {
      const auto raw = marked.text;
      if (is_plain_record(marked) && !is_completed(raw)) continue;
      keep(begin, raw.data());
      begin = raw.data() + raw.size() + (marked.ended ? 1 : 0);
      const auto line = without_return(raw);
      const auto defect = check(line);
      if (is_fault(defect))
        faults.add({block.offset + static_cast<std::uint64_t>(raw.data() - block.text.data()), 0, defect});
      if (defect == Defect::none) parts_.push_back({line, false});
    }
    keep(begin, block.text.data() + block.text.size());
  }
  // False when nobody takes any more.
  [[nodiscard]] bool give(const TakeText& take) {
    return std::all_of(parts_.begin(), parts_.end(), [&](const Part& part) {
      const bool is_line = !part.plain && addresses_ != nullptr;
      return take(is_line ? addresses_->complete(part.text, longer_) : part.text, part.plain);
    });
  }

 private:
  struct Part {
    std::string_view text;
    bool plain = true;
  };
  void keep(const char* begin, const char* end) {
    if (begin != end) parts_.push_back({{begin, static_cast<std::size_t>(end - begin)}, true});
  }
  [[nodiscard]] bool is_completed(std::string_view line) {
    return addresses_ != nullptr && addresses_->complete(line, longer_).data() != line.data();
  }

  const Addresses* addresses_;  // nullptr: there are none
  std::string longer_;          // a completed record
  std::vector<Part> parts_;
};

}  // namespace

Result<std::vector<std::string>> copy_records(std::span<const Source> view, const Addresses& addresses,
                                              const TakeText& take, unsigned threads) {
  std::vector<std::string> warnings;
  bool wanted = true;
  for (const auto& source : view) {
    const Pieces pieces(source, threads);
    std::vector<Copier> copiers(pieces.slots(), Copier(addresses));
    Faults faults;
    TRY_VOID(pieces.work(
        [&](std::size_t slot, const Block& block, Faults& found) { copiers[slot].look(block, found); },
        [&](std::size_t slot, const Faults& found) {
          faults.add(found);
          return wanted = copiers[slot].give(take);
        }));
    if (faults.count > 0) warnings.push_back(warning(source, faults));
    if (!wanted) break;
  }
  return warnings;
}

}  // namespace ctys::inventory
