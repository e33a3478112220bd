// Puts a new file in the place of a database: under a lock, complete or not at all.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "inventory/source.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>

namespace ctys::inventory {

// The file itself where `path` is a symbolic link, which is kept; it need not be there yet, but its folder
// must (2).
[[nodiscard]] Result<std::filesystem::path> file_behind(const std::filesystem::path& path);

// The file whose lock is that of `file`.
[[nodiscard]] std::filesystem::path lock_of(const std::filesystem::path& file);

// How long to wait for another process that has a lock.
struct Patience {
  bool none = false;
  std::optional<std::chrono::steady_clock::time_point> until = {};
  int end = -1;  // a descriptor: once there is something to read, nobody waits any more
};
inline constexpr Patience kNoPatience{true, std::nullopt, -1};

// The lock of a database file: whoever replaces it holds this from the moment it reads the old one. It ends
// with the process, however that ends. The lock is on a file of its own, `.NAME.lock`, which stays.
class Lock {
 public:
  // Errors: the directory cannot be written to (status 1); another process holds it, and there is no patience
  // (5), not until then (4), or it was ended (1, "interrupted"): who that is, is said.
  [[nodiscard]] static Result<Lock> take(const std::filesystem::path& file, const Patience& patience = {});
  [[nodiscard]] const std::filesystem::path& file() const noexcept {
    return file_;
  }  // symbolic links resolved

 private:
  std::filesystem::path file_;
  Fd fd_;
};

// The new content of a locked file. It is written to `.NAME.new` beside it and takes its place when it is
// complete and on the disk; without commit, the old file stays as it was. The new file has the mode of the
// old one (0644 less umask when there was none), and its owner and group as far as this user may give them.
//
// An editor takes no lock. Who made the new content of the old one says which state of it that was: when the
// file is in another one by then, commit refuses (5), and the file stays as it is.
class Replacement {
 public:
  [[nodiscard]] static Result<Replacement> begin(const Lock& lock);
  Replacement(Replacement&&) noexcept = default;
  Replacement& operator=(Replacement&&) noexcept = default;
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement();

  void made_of(const std::optional<Stamp>& old) { old_ = old; }  // unset: of no file
  [[nodiscard]] Result<void> append(std::string_view bytes);
  // Durable::no is for what can be made again: it may be lost with the power, or be there in parts.
  enum class Durable { yes, no };
  [[nodiscard]] Result<void> commit(Durable durable = Durable::yes);
  [[nodiscard]] int descriptor() const noexcept { return fd_.get(); }  // for what is not written in order

 private:
  Replacement() = default;
  [[nodiscard]] tl::unexpected<Error> cannot_write(int reason) const;
  [[nodiscard]] Result<void> check_old() const;

  std::filesystem::path file_;
  std::filesystem::path temporary_;
  std::optional<std::optional<Stamp>> old_;  // unset: what it replaces does not matter
  std::string pending_;                      // not written yet
  Fd fd_;
};

// Lock, write, commit in one.
[[nodiscard]] Result<void> replace(const std::filesystem::path& file, std::string_view content);

}  // namespace ctys::inventory
