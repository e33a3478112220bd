// Writes a file with the edits of a merge; what is not edited is copied as it stands.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/merge.hpp"

#include <algorithm>
#include <utility>

namespace ctys::inventory {
namespace {

constexpr std::size_t kCopied = 1U << 20U;

using Write = std::function<Result<void>(std::string_view)>;

class OldRecords {
 public:
  OldRecords(const Source& file, const Write& write) : file_(file), write_(write), buffer_(kCopied) {}

  // Everything up to `end`, or to the end of the file.
  Result<void> copy(std::uint64_t end) {
    while (at_ < end) {
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(end - at_, buffer_.size()));
      const auto count = TRY(file_.read_at(at_, buffer_.data(), most));
      if (count == 0) return {};
      TRY_VOID(write_({buffer_.data(), count}));
      keep_ends({buffer_.data(), count});
      at_ += count;
    }
    return {};
  }
  void skip(std::size_t bytes) noexcept { at_ += bytes; }
  // "\n", "\r\n", or what there is of it at the end of the file.
  Result<void> skip_line_end() {
    char end[2] = {};
    const auto count = TRY(file_.read_at(at_, end, sizeof end));
    const bool has_return = count > 0 && end[0] == '\r' && (count == 1 || end[1] == '\n');
    at_ += count > 0 && end[0] == '\n' ? 1 : has_return ? count : 0;
    return {};
  }
  Result<void> put(const std::string& text) {
    keep_ends(text);
    return write_(text);
  }
  // What ends the last line where it has no end of its own. The mark of a file alone is no line.
  [[nodiscard]] std::string_view missing_end(std::string_view line_end) const noexcept {
    return begin_ == kMark ? "" : last_ == '\n' ? "" : last_ == '\r' ? "\n" : line_end;
  }

 private:
  void keep_ends(std::string_view written) {
    if (written.empty()) return;
    if (begin_.size() <= kMark.size()) begin_ += written.substr(0, kMark.size() + 1);
    last_ = written.back();
  }

  const Source& file_;
  const Write& write_;
  std::vector<char> buffer_;
  std::uint64_t at_ = 0;
  std::string begin_;  // of what was written, at least a byte more than a mark
  char last_ = '\n';
};

// New lines end as those of the file do.
Result<std::string> line_end_of(const Source& file) {
  std::string head(kCopied / 16, '\0');
  head.resize(TRY(file.read_at(0, head.data(), head.size())));
  const auto end = head.find('\n');
  return end != std::string::npos && end > 0 && head[end - 1] == '\r' ? std::string("\r\n")
                                                                      : std::string("\n");
}

}  // namespace

Result<void> write_merge(const Source* file, const Merge& merge, const Write& write) {
  std::string line_end = "\n";
  if (file != nullptr) {
    line_end = TRY(line_end_of(*file));
    OldRecords copier(*file, write);
    for (const auto& edit : merge.edits) {
      TRY_VOID(copier.copy(edit.offset));
      copier.skip(edit.length);
      if (edit.text)
        TRY_VOID(copier.put(*edit.text));
      else
        TRY_VOID(copier.skip_line_end());
    }
    TRY_VOID(copier.copy(file->stamp().size));
    if (!merge.appended.empty()) TRY_VOID(write(copier.missing_end(line_end)));
  }
  for (const auto& line : merge.appended) TRY_VOID(write(line + line_end));
  return {};
}

}  // namespace ctys::inventory
