// Fuzzes the merge of a scan into an inventory: a broken file and hostile values end in records and the old
// lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/merge.hpp"

#include "fuzz.hpp"
#include "inventory/compose.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace {

using namespace ctys;
using namespace ctys::inventory;

// Lines of `text` that are no records, in their order.
std::string remarks(std::string_view text) {
  std::string out;
  text = without_mark(text);
  while (!text.empty()) {
    const auto line = cut_line(text);
    if (check(line) != Defect::none) out.append(line).append("\n");
  }
  return out;
}

// The scan's fields follow each other, apart by 0xFF bytes, from field 1 on; 0xFE begins the next record.
std::vector<Scanned> scanned_of(std::string_view text) {
  std::vector<Scanned> records;
  constexpr std::size_t kMost = 64;
  while (!text.empty() && records.size() < kMost) {
    auto end = std::min(text.find('\xFE'), text.size());
    auto fields = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    model::Record record;
    record.set(Field::host, "lab01");
    for (std::uint32_t at = 2; at <= kInventoryFields && !fields.empty(); ++at) {
      end = std::min(fields.find('\xFF'), fields.size());
      record.set(static_cast<Field>(at), std::string(fields.substr(0, end)));
      fields.remove_prefix(std::min(end + 1, fields.size()));
    }
    records.push_back({line_of(record, {}), records.size() % 4 != 3});
    fuzz::must(check(records.back().line) == Defect::none, "what is composed is a record");
  }
  return records;
}

std::string merged(std::string_view old, const Scan& scan) {
  const int fd = ::memfd_create("old", MFD_CLOEXEC);
  fuzz::must(fd >= 0 && ::write(fd, old.data(), old.size()) == static_cast<ssize_t>(old.size()),
             "memory is a file");
  const auto source = Source::open("/proc/self/fd/" + std::to_string(fd));
  ::close(fd);
  fuzz::must(source.has_value(), "the file opens");
  const auto merge = plan_merge(&*source, scan, "lab01");
  fuzz::must(merge.has_value(), "the file is read");
  std::string text;
  const auto written = write_merge(&*source, *merge, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  });
  fuzz::must(written.has_value(), "the file is copied");
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto end = std::min(text.find('\0'), text.size());
  const auto old = text.substr(0, end);
  // What looks like the mark of a file is one as soon as the line in front of it is dropped.
  if (old.find(kMark, 1) != std::string_view::npos) return 0;
  Scan scan;
  scan.records = scanned_of(text.substr(std::min(end + 1, text.size())));
  scan.seen = "2026-11-21T12:00:00Z";
  scan.mode = size % 2 == 0 ? MergeMode::append : MergeMode::replace;
  scan.reached = [](std::string_view line) { return line.size() % 3 != 0; };
  const auto first = merged(old, scan);
  // A last line without end that is no record may get one.
  auto before = remarks(old);
  fuzz::must(remarks(first) == before, "what is no record stays as it is");
  fuzz::must(merged(first, scan) == first || scan.mode == MergeMode::replace,
             "a second scan changes nothing");
  return 0;
}
