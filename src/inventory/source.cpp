// Reads files of records.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/source.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ctys::inventory {
namespace {

constexpr std::size_t kBlock = 262144;
static_assert(kBlock > kMaxLine + 2, "a line that is not too long fits a block");

std::uint64_t nanoseconds(const timespec& time) noexcept {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

Stamp stamp_of(const struct stat& status) noexcept {
  return {static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim), status.st_ino, status.st_dev};
}

tl::unexpected<Error> cannot_read(const std::filesystem::path& path, std::string why, const char* first) {
  return fail(Exit::usage, "cannot read " + path.string(), std::move(why),
              std::string(first) +
                  ", or name another folder with --database (vhost: -p, vdbgen: --cacheDB) or "
                  "DEFAULT_DBPATHLST");
}

tl::unexpected<Error> cannot_read(const std::filesystem::path& path, int reason) {
  return cannot_read(path, system_message(reason),
                     reason == ELOOP ? "remove the links that lead to each other" : "let this user read it");
}

// Number of the line that begins at `offset`; what cannot be read any more is not counted.
std::uint64_t line_number(const Source& source, std::uint64_t offset) {
  std::vector<char> piece(kBlock);
  std::uint64_t newlines = 0;
  for (std::uint64_t at = 0; at < offset;) {
    const auto size = source.read_at(at, piece.data(), std::min<std::uint64_t>(piece.size(), offset - at));
    if (!size || *size == 0) break;
    newlines += static_cast<std::uint64_t>(std::count(piece.data(), piece.data() + *size, '\n'));
    at += *size;
  }
  return newlines + 1;
}

}  // namespace

Result<std::optional<Stamp>> stamp_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return stamp_of(status);
  if (errno == ENOENT) return std::nullopt;
  return cannot_read(path, errno);
}

Result<Source> Source::open(const std::filesystem::path& path) {
  Source source;
  source.path_ = path;
  source.fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!source.fd_) return cannot_read(path, errno);
  struct stat status {};
  if (::fstat(source.fd_.get(), &status) != 0) return cannot_read(path, errno);
  if (!S_ISREG(status.st_mode)) return cannot_read(path, "it is not a regular file", "move it away");
  source.stamp_ = stamp_of(status);
  return source;
}

Result<Stamp> Source::stamp_now() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return cannot_read(path_, errno);
  return stamp_of(status);
}

Result<std::size_t> Source::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd_.get(), into + done, size - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(path_, errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<std::optional<std::string>> Source::record_at(std::uint64_t offset) const {
  constexpr std::size_t kUsual = 2048;
  // Some bytes more in front: a line begins after a newline or the file's mark, or the offset is not one of a
  // line.
  const auto before = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kMark.size()));
  if (offset >= stamp_.size) return std::nullopt;
  std::string text;
  for (std::size_t wanted = kUsual;; wanted = kMaxLine + 2 + kMark.size()) {
    text.resize(wanted);
    text.resize(TRY(read_at(offset - before, text.data(), wanted)));
    if (text.size() <= before) return std::nullopt;
    const bool is_first = before == 0 || (before == offset && text.starts_with(kMark));
    if (!is_first && text[before - 1] != '\n') return std::nullopt;
    const auto end = text.find('\n', before);
    const bool whole = end != std::string::npos || text.size() < wanted;
    if (!whole && wanted <= kMaxLine) continue;
    const auto line =
        without_return(std::string_view(text).substr(before, end == std::string::npos ? end : end - before));
    if (!whole || check(line) != Defect::none) return std::nullopt;
    return std::string(line);
  }
}

void Faults::add(const One& fault) noexcept {
  if (count < kRemembered) first[count] = fault;
  ++count;
}

void Faults::add(const Faults& behind) noexcept {
  const auto named = std::min<std::uint64_t>(behind.count, kRemembered);
  for (std::size_t i = 0; i < named; ++i) add(behind.first[i]);
  count += behind.count - named;
}

std::string warning(const Source& source, const Faults& faults) {
  if (faults.count == 0) return {};
  std::string places;
  bool quoted = false;
  const auto named = std::min<std::uint64_t>(faults.count, Faults::kRemembered);
  for (std::size_t i = 0; i < named; ++i) {
    const auto& [offset, line, defect] = faults.first[i];
    quoted |= defect == Defect::quoted;
    places += (i == 0 ? "line " : ", line ") +
              std::to_string(line != 0 ? line : line_number(source, offset)) + " (" +
              std::string(describe(defect)) + ")";
  }
  if (faults.count > named) places += ", ...";
  const bool one = faults.count == 1;
  return (one ? "1 line of " : std::to_string(faults.count) + " lines of ") + source.path().string() +
         (one ? " is no record and was skipped: " : " are no records and were skipped: ") + places +
         (quoted ? "; save it without quotes around the fields" : "");
}

std::string_view cut_line(std::string_view& text) noexcept {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return without_return(line);
}

Result<void> Reader::status() const {
  if (error_) return tl::unexpected<Error>(*error_);
  return {};
}

// Moves what was not given out to the front and reads on behind it.
bool Reader::fill() {
  if (buffer_.empty()) buffer_.resize(kBlock);
  std::memmove(buffer_.data(), buffer_.data() + used_, filled_ - used_);
  offset_ += used_;
  filled_ -= used_;
  used_ = 0;
  const auto size = source_->read_at(offset_ + filled_, buffer_.data() + filled_, buffer_.size() - filled_);
  if (!size) {
    error_ = size.error();
    return false;
  }
  at_end_ = *size < buffer_.size() - filled_;
  filled_ += *size;
  return true;
}

// Gives out the lines that are complete in the buffer.
bool Reader::whole_lines(Block& block) {
  const std::string_view rest(buffer_.data() + used_, filled_ - used_);
  const auto last = rest.rfind('\n');
  std::size_t size = last == std::string_view::npos ? 0 : last + 1;
  if (at_end_) size = rest.size();
  if (size == 0) return false;
  block = {rest.substr(0, size), offset_ + used_};
  used_ += size;
  if (block.offset == 0 && block.text.starts_with(kMark)) {
    block.text.remove_prefix(kMark.size());
    block.offset = kMark.size();
  }
  return true;
}

bool Reader::next_block(Block& block) {
  while (!error_ && !(at_end_ && used_ == filled_)) {
    if (!at_end_ && !fill()) return false;
    if (skipping_) {
      const std::string_view rest(buffer_.data() + used_, filled_ - used_);
      const auto end = rest.find('\n');
      used_ += end == std::string_view::npos ? rest.size() : end + 1;
      skipping_ = end == std::string_view::npos;
      if (!skipping_) ++number_;
      if (skipping_ || used_ == filled_) continue;
    }
    if (whole_lines(block)) return true;
    if (filled_ - used_ < buffer_.size()) continue;
    faults_.add({offset_, by_lines_ ? number_ + 1 : 0, Defect::too_long});
    skipping_ = true;
  }
  return false;
}

bool Reader::next(Line& line) {
  by_lines_ = true;
  for (;;) {
    if (block_.text.empty() && !next_block(block_)) return false;
    const auto before = block_.text.size();
    const auto offset = block_.offset;
    line = {cut_line(block_.text), offset, ++number_};
    block_.offset += before - block_.text.size();
    const auto defect = check(line.text);
    if (defect == Defect::none) return true;
    if (is_fault(defect)) faults_.add({offset, number_, defect});
  }
}

}  // namespace ctys::inventory
