// The lock of a database file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "inventory/store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace ctys::inventory {
namespace fs = std::filesystem;
namespace {

// "process 708 (ctys)", as the kernel lists who has which lock; another host's process it does not know.
std::string holder_of(int lock) {
  struct stat status {};
  if (::fstat(lock, &status) != 0) return "another process";
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string manner;
    std::string mode;
    int pid = 0;
    unsigned major_number = 0;
    unsigned minor_number = 0;
    char colon = 0;
    std::uint64_t inode = 0;
    words >> number >> kind >> manner >> mode >> pid >> std::hex >> major_number >> colon >> minor_number >>
        colon >> std::dec >> inode;
    if (!words || kind != "FLOCK" || pid <= 0 || inode != status.st_ino ||
        makedev(major_number, minor_number) != status.st_dev)
      continue;
    std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    if (!std::getline(comm, name)) break;
    return "process " + std::to_string(pid) + " (" + text::printable(name) + ")";
  }
  return "another process";
}

tl::unexpected<Error> busy(const fs::path& file, int lock, const Patience& patience) {
  const auto who = holder_of(lock);
  if (patience.none)
    return fail(Exit::refused, "cannot lock " + file.string(), who + " is writing it",
                "try again when that one has ended");
  if (patience.until && std::chrono::steady_clock::now() >= *patience.until)
    return fail(Exit::deadline, "could not write " + file.string() + " in time", who + " is writing it",
                "the file is as it was; run the command again when that one has ended, or give it more time "
                "with --deadline");
  return fail(Exit::failed, "interrupted", "it waited for " + who + ", which is writing " + file.string(),
              "the file is as it was; run the command again when that one has ended");
}

// False: there is no reason to go on.
bool wait_a_step(const Patience& patience) {
  using std::chrono::milliseconds;
  constexpr milliseconds kStep{30};  // between two looks: nothing tells when a lock ends, and when time does
  auto step = kStep;
  if (patience.until)
    step =
        std::min(step, std::chrono::ceil<milliseconds>(*patience.until - std::chrono::steady_clock::now()));
  if (patience.none || step.count() <= 0) return false;
  pollfd end{patience.end, POLLIN, 0};
  return ::poll(&end, 1, static_cast<int>(step.count())) <= 0;
}

}  // namespace

Result<fs::path> file_behind(const fs::path& path) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  std::error_code error;
  auto file = fs::absolute(path, error);
  for (int links = 0; fs::is_symlink(fs::symlink_status(file, error)); ++links) {
    if (links == kMostLinks)
      return fail(Exit::usage, "cannot write " + path.string(), system_message(ELOOP), "remove the link");
    const auto target = fs::read_symlink(file, error);
    if (error) return fail(Exit::usage, "cannot write " + path.string(), error.message());
    file = file.parent_path() / target;
    if (!fs::is_directory(file.parent_path(), error))
      return fail(Exit::usage, "cannot write " + path.string(),
                  "it is a link to " + file.string() + ", and there is no such folder",
                  "make the folder " + file.parent_path().string() + ", or remove the link");
  }
  auto whole = fs::weakly_canonical(file, error);
  return error ? file : whole;
}

fs::path lock_of(const fs::path& file) {
  return file.parent_path() / ("." + file.filename().string() + ".lock");
}

Result<Lock> Lock::take(const fs::path& file, const Patience& patience) {
  Lock lock;
  lock.file_ = TRY(file_behind(file));
  const auto name = lock_of(lock.file_);
  const std::string what = "cannot lock " + lock.file_.string();
  lock.fd_.reset(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!lock.fd_) return fail(Exit::failed, what, name.string() + ": " + system_message(errno));
  while (::flock(lock.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail(Exit::failed, what, system_message(errno));
    if (!wait_a_step(patience)) return busy(lock.file_, lock.fd_.get(), patience);
  }
  return lock;
}

}  // namespace ctys::inventory
