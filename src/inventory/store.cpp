// Replaces database files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

// Bytes that are gathered before they are written, at multiples of as many: a file that is written so stays
// in memory in pieces that large, and whoever maps it finds its way in them sooner.
constexpr std::size_t kGathered = 2U << 20U;

fs::path beside(const fs::path& file, std::string_view suffix) {
  return file.parent_path() / ("." + file.filename().string() + std::string(suffix));
}

// A new name is on the disk when its directory is.
bool sync_directory(const fs::path& directory) {
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a directory, and say so with EINVAL.
  return fd && (::fsync(fd.get()) == 0 || errno == EINVAL);
}

}  // namespace

Result<Replacement> Replacement::begin(const Lock& lock) {
  Replacement made;
  made.file_ = lock.file();
  made.temporary_ = beside(made.file_, ".new");
  // The lock makes this file ours; what an earlier process left in it is of no use.
  if (::unlink(made.temporary_.c_str()) != 0 && errno != ENOENT) return made.cannot_write(errno);
  struct stat old {};
  const bool replaces = ::stat(made.file_.c_str(), &old) == 0;
  if (!replaces && errno != ENOENT) return made.cannot_write(errno);
  if (replaces && !S_ISREG(old.st_mode))
    return fail(Exit::usage, "cannot write " + made.file_.string(), "it is not a regular file",
                "move it away");
  made.fd_.reset(
      ::open(made.temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? 0600 : 0644));
  if (!made.fd_) return made.cannot_write(errno);
  if (!replaces) return made;
  // Giving a file away needs privileges, giving it to a group of one's own does not: what cannot be given
  // stays ours.
  if (::fchown(made.fd_.get(), old.st_uid, old.st_gid) != 0 && errno == EPERM)
    if (::fchown(made.fd_.get(), static_cast<uid_t>(-1), old.st_gid) != 0 && errno != EPERM)
      return made.cannot_write(errno);
  if (::fchmod(made.fd_.get(), old.st_mode & 07777U) != 0) return made.cannot_write(errno);
  return made;
}

Replacement::~Replacement() {
  if (fd_) ::unlink(temporary_.c_str());
}

tl::unexpected<Error> Replacement::cannot_write(int reason) const {
  return fail(
      Exit::failed, "cannot write " + file_.string(), system_message(reason),
      reason == ENOSPC || reason == EDQUOT ? "free some space; the file is as it was" : std::string());
}

Result<void> Replacement::append(std::string_view bytes) {
  pending_ += bytes;
  const auto whole = pending_.size() / kGathered * kGathered;
  if (whole == 0) return {};
  if (!write_all(fd_.get(), std::string_view(pending_).substr(0, whole))) return cannot_write(errno);
  pending_.erase(0, whole);
  return {};
}

Result<void> Replacement::check_old() const {
  if (!old_ || TRY(stamp_of(file_)) == *old_) return {};
  return fail(Exit::refused, "cannot write " + file_.string(), "somebody else changes it meanwhile",
              "it is as that one left it; run the command again when nobody else writes it");
}

Result<void> Replacement::commit(Durable durable) {
  if (!write_all(fd_.get(), pending_)) return cannot_write(errno);
  pending_.clear();
  if (durable == Durable::yes && ::fsync(fd_.get()) != 0) return cannot_write(errno);
  TRY_VOID(check_old());
  if (::rename(temporary_.c_str(), file_.c_str()) != 0) return cannot_write(errno);
  fd_.reset();
  if (durable == Durable::yes && !sync_directory(file_.parent_path())) return cannot_write(errno);
  return {};
}

Result<void> replace(const fs::path& file, std::string_view content) {
  const auto lock = TRY(Lock::take(file));
  auto replacement = TRY(Replacement::begin(lock));
  TRY_VOID(replacement.append(content));
  return replacement.commit();
}

}  // namespace ctys::inventory
