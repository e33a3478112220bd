// One at a time.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/turn.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace ctys::client {
namespace {

// FNV-1a of what tells machines apart, see belongs() of the registry. Two that share a byte wait for each
// other without need, and that is all.
std::int64_t place_of(const model::Record& machine) {
  std::uint64_t sum = 14695981039346656037U;
  const auto identity = machine.get(Field::uuid).empty() ? Field::id : Field::uuid;
  for (const auto field : {Field::host, Field::type, Field::context, identity})
    for (const char c : machine.get(field) + "\n")
      sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return static_cast<std::int64_t>(sum >> 16U);
}

// Belongs to the open file, and not to the process: it holds among several threads, too.
int set_lock(int file, std::int64_t place, short kind) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = place;
  lock.l_len = 1;
  return ::fcntl(file, F_OFD_SETLK, &lock);
}

}  // namespace

Result<Turn> Turn::take(const model::Record& machine, std::chrono::milliseconds patience) {
  constexpr int kStep = 30;  // milliseconds between two looks
  const auto label = text::printable(machine.get(Field::label));
  const auto path = TRY(paths::runtime_dir()) / "turns";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return fail(Exit::failed, "cannot open " + path.string(), system_message(errno));
  const auto place = place_of(machine);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (set_lock(file.get(), place, F_WRLCK) != 0) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR)
      return fail(Exit::failed, "cannot lock " + path.string(), system_message(errno));
    if (std::chrono::steady_clock::now() >= end)
      return fail(Exit::failed, "cannot open a window on " + label,
                  "another ctys has been opening one for " + text::seconds(patience.count()),
                  "run it again when that one has ended");
    ::poll(nullptr, 0, kStep);
  }
  return Turn(std::move(file), place);
}

Turn::~Turn() {
  // Said aloud: a process that was started meanwhile may have the file open still.
  if (file_) (void)set_lock(file_.get(), place_, F_UNLCK);
}

}  // namespace ctys::client
