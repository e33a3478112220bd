// Bounded reading of foreign files, and replacing one in place.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// The first `limit` bytes of a regular file (or of one in /proc); nullopt: it cannot be read.
[[nodiscard]] std::optional<std::string> try_read_file(const std::filesystem::path& path, std::size_t limit);

// The whole file. Throws Error{usage}: missing, not readable, not a regular file, larger than `limit`.
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::size_t limit);
// The same, and no more than its first `limit` bytes of a larger one.
[[nodiscard]] std::string read_head(const std::filesystem::path& path, std::size_t limit);

// The whole of a file that decides what will run: besides, it must belong to root or the user, and nobody
// else may be able to write it. Throws Error{refused} otherwise, with the remedy.
[[nodiscard]] std::string read_trusted_file(const std::filesystem::path& path, std::size_t limit);
// The same, nullopt when it cannot be read.
[[nodiscard]] std::optional<std::string> try_read_trusted_file(const std::filesystem::path& path,
                                                               std::size_t limit);

// Alone with a folder among all who lock it, until the destructor; waits for the others. The folder itself
// is locked: nothing is left behind. Throws Error{failed} when it cannot be.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  int fd_;
};

// Would the lock, or the replacement below, find the folder as they need it? Throws Error as they do.
void expect_lockable(const std::filesystem::path& folder);
void expect_replaceable(const std::filesystem::path& path);

// To be replaced, a file need not be writable, but who took the right to write wants it to stay as it is:
// throws Error{refused}, also for root, who may write in any case.
void expect_writable(const std::filesystem::path& path);

// What tells one state of a file from another one.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
  std::int64_t changed = 0;
  bool operator==(const FileState&) const = default;
};
[[nodiscard]] FileState state_of(const std::filesystem::path& path);  // of none: no file's

// Puts `content` in place of an existing file so that a reader sees the old or the new one; keeps its mode
// and owner. A symbolic link stays one: the file it leads to is replaced. False, and nothing is done, when
// the file is not as it was when it was read: an editor takes no lock. Throws Error.
[[nodiscard]] bool replace_file(const std::filesystem::path& path, std::string_view content,
                                const FileState& read);

}  // namespace ctys::libvirt
