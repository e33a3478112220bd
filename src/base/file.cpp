// Files and descriptors.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ctys {

void Fd::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

std::string system_message(int error_number) {
  const char* text = ::strerrordesc_np(error_number);
  return text != nullptr ? text : "error " + std::to_string(error_number);
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  const auto refuse = [&](std::string why, const char* fix) {
    return fail(Exit::usage, "cannot read " + path.string(), std::move(why), fix);
  };
  constexpr const char* kRights = "check the path, and whether this user may read it";
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return refuse(system_message(errno), kRights);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return refuse(system_message(errno), kRights);
  if (!S_ISREG(status.st_mode)) return refuse("it is not a regular file", "name a file");
  std::string content;
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t n = ::read(fd.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refuse(system_message(errno), kRights);
    if (n == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(n));
    if (content.size() > limit)
      return refuse("it is larger than " + std::to_string(limit) + " bytes", "name a smaller one");
  }
}

bool write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

namespace {

// `.NAME.XXXXXX`, of mkostemp.
bool is_temporary(const std::string& name) {
  constexpr std::size_t kRandom = 6;
  const auto dot = name.rfind('.');
  return name.starts_with('.') && dot != 0 && name.size() - dot == kRandom + 1;
}

}  // namespace

void remove_unfinished(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!is_temporary(at->path().filename().string())) continue;
    const Fd file(::open(at->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) (void)::unlink(at->path().c_str());
  }
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  const std::string what = "cannot write " + path.string();
  std::error_code ignored;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::exists(folder, ignored)) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(Exit::failed, what, error.message());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return fail(Exit::failed, what, system_message(errno));
  // For whoever clears up: as long as this is written, its lock is taken. Where there are no locks, it may
  // go.
  (void)::flock(fd.get(), LOCK_EX | LOCK_NB);
  const bool written = write_all(fd.get(), content) && ::fchmod(fd.get(), static_cast<mode_t>(mode)) == 0 &&
                       ::fsync(fd.get()) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (written) return {};
  const int reason = errno;
  ::unlink(temporary.c_str());
  return fail(Exit::failed, what, system_message(reason));
}

}  // namespace ctys
