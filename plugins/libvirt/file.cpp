// Reads files of unknown size and origin; replaces files by rename; locks folders.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/file.hpp"

#include <ctys/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace ctys::libvirt {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

std::string reason(int number) {
  return std::generic_category().message(number);
}

enum class From { anybody, trusted };

// A group that has the user's number or root's is their own: umask 002 makes its files writable by it.
void require_trusted(const std::filesystem::path& path, const struct stat& status) {
  const auto refuse = [&](std::string why, std::string fix) {
    throw Error(Exit::refused, "will not use " + path.string(), std::move(why), std::move(fix),
                path.string());
  };
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    refuse("it belongs to somebody else, who could have any machine started with it",
           "if you trust it: chown it to yourself");
  const bool own_group = status.st_gid == 0 || status.st_gid == ::geteuid();
  if ((status.st_mode & S_IWOTH) != 0 || ((status.st_mode & S_IWGRP) != 0 && !own_group))
    refuse("others can write it, and could have any machine started with it",
           "check its content, then: chmod go-w");
}

// Up to limit + 1 bytes, so that the caller sees whether there are more. errno tells of a failure.
std::optional<std::string> read_some(const std::filesystem::path& path, std::size_t limit,
                                     From from = From::anybody) {
  // Not blocking: the name may belong to a pipe that nobody writes to.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return std::nullopt;
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return std::nullopt;
  }
  if (from == From::trusted) require_trusted(path, status);
  std::string content;
  std::array<char, 16384> chunk{};
  while (content.size() <= limit) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    content.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return content;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// What helps against an errno, where anything of the user's own does; else empty.
std::string remedy(int number, const std::filesystem::path& path) {
  switch (number) {
    case EACCES:
      return "if it may be read: chmod u+r " + path.string();
    case ENOSPC:
    case EDQUOT:
      return "free some space in " + path.parent_path().string();
    default:
      return {};
  }
}

Error unwritable_folder(const std::filesystem::path& file, int why) {
  const bool denied = why == EACCES || why == EPERM || why == EROFS;
  return {denied ? Exit::refused : Exit::failed, "cannot write " + file.string(), reason(why),
          "its folder must be writable: the file is replaced as a whole"};
}

// As read_some().
std::string expect_some(const std::filesystem::path& path, std::size_t limit, From from) {
  auto content = read_some(path, limit, from);
  if (!content)
    throw Error(Exit::usage, "cannot read " + path.string(),
                errno == EINVAL ? "it is no regular file" : reason(errno), remedy(errno, path));
  return std::move(*content);
}

std::string whole(const std::filesystem::path& path, std::size_t limit, From from) {
  std::string content = expect_some(path, limit, from);
  if (content.size() > limit)
    throw Error(Exit::usage, "cannot read " + path.string(),
                "it is larger than " + std::to_string(limit / 1024) + " KiB",
                "name a machine's configuration file");
  return content;
}

}  // namespace

std::optional<std::string> try_read_file(const std::filesystem::path& path, std::size_t limit) {
  auto content = read_some(path, limit);
  if (content && content->size() > limit) content->resize(limit);
  return content;
}

std::optional<std::string> try_read_trusted_file(const std::filesystem::path& path, std::size_t limit) {
  auto content = read_some(path, limit, From::trusted);
  if (content && content->size() > limit) content->resize(limit);
  return content;
}

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  return whole(path, limit, From::anybody);
}

std::string read_head(const std::filesystem::path& path, std::size_t limit) {
  std::string content = expect_some(path, limit, From::anybody);
  if (content.size() > limit) content.resize(limit);
  return content;
}

std::string read_trusted_file(const std::filesystem::path& path, std::size_t limit) {
  return whole(path, limit, From::trusted);
}

FolderLock::FolderLock(const std::filesystem::path& folder)
    : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  int locked = fd_ < 0 ? -1 : ::flock(fd_, LOCK_EX);
  while (fd_ >= 0 && locked != 0 && errno == EINTR) locked = ::flock(fd_, LOCK_EX);
  if (locked == 0) return;
  const int why = errno;
  if (fd_ >= 0) ::close(fd_);
  throw Error(Exit::failed, "cannot lock " + folder.string(), reason(why));
}

void expect_lockable(const std::filesystem::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), R_OK, AT_EACCESS) != 0)
    throw Error(Exit::failed, "cannot lock " + folder.string(), reason(errno));
}

FolderLock::~FolderLock() {
  ::close(fd_);
}

void expect_writable(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  constexpr mode_t kAnybody = 0222;
  constexpr mode_t kAnybodyReads = 0444;
  const bool by_mode = (status.st_mode & kAnybody) == 0;
  if (!by_mode && (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0 || errno != EACCES)) return;
  const bool hidden = (status.st_mode & kAnybodyReads) == 0;
  throw Error(Exit::refused, "cannot write " + path.string(),
              !by_mode ? reason(EACCES)
              : hidden ? "nobody may read or write it"
                       : "it is read-only",
              std::string("if it may be changed: chmod ") + (hidden ? "u+rw " : "u+w ") + path.string());
}

void expect_replaceable(const std::filesystem::path& path) {
  if (::faccessat(AT_FDCWD, path.parent_path().c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    throw unwritable_folder(path, errno);
}

FileState state_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

bool replace_file(const std::filesystem::path& path, std::string_view content, const FileState& read) {
  const std::string what = "cannot write " + path.string();
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  struct stat status {};
  if (error || ::stat(target.c_str(), &status) != 0) throw Error(Exit::failed, what, reason(errno));
  std::string name = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  const Descriptor file(::mkstemp(name.data()));
  if (file.get() < 0) throw unwritable_folder(target, errno);
  // Root keeps the owner's file the owner's; others could not change it, and need not.
  const bool owned = ::fchown(file.get(), status.st_uid, status.st_gid) == 0 || ::geteuid() == status.st_uid;
  const bool written = owned && ::fchmod(file.get(), status.st_mode & 07777U) == 0 &&
                       write_all(file.get(), content) && ::fsync(file.get()) == 0;
  const bool same = written && state_of(target) == read;
  if (same && ::rename(name.c_str(), target.c_str()) == 0) return true;
  const int why = errno;
  ::unlink(name.c_str());
  if (written && !same) return false;
  throw Error(Exit::failed, what, reason(why), remedy(why, target));
}

}  // namespace ctys::libvirt
