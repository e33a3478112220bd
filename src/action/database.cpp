// Where an inventory is written.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/database.hpp"

#include "base/text.hpp"
#include "inventory/view.hpp"
#include "plugin/collector.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ctys::action {
namespace fs = std::filesystem;
namespace {

bool holds_database(const fs::path& directory) {
  std::error_code error;
  return fs::exists(directory / inventory::kRecordsName, error) ||
         fs::exists(directory / inventory::kMacmapName, error);
}

// A view is a list of folders: one within another would be read twice.
std::optional<fs::path> nested(const fs::path& directory) {
  const auto parent = directory.parent_path();
  if (parent != directory && holds_database(parent)) return parent;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    if (std::error_code ignored; at->is_directory(ignored) && holds_database(at->path())) return at->path();
  return std::nullopt;
}

bool is_dangling(const fs::path& path) {
  std::error_code error;
  return fs::is_symlink(fs::symlink_status(path, error)) && !fs::exists(path, error);
}

// How a folder is brought into being that a link leads to, through others perhaps.
std::string making_behind(const fs::path& link) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  std::error_code error;
  auto path = link;
  for (int links = 0; links < kMostLinks && fs::is_symlink(fs::symlink_status(path, error)); ++links)
    path = path.parent_path() / fs::read_symlink(path, error);
  if (fs::is_symlink(fs::symlink_status(path, error)))
    return "remove the link: rm " + text::shell_quoted(link.string());
  return "bring that back, or make it: mkdir -p " + text::shell_quoted(path.string());
}

Result<void> make_folder(const Database& database) {
  const auto folder = database.file.parent_path();
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  error.clear();
  if (database.usual) {
    fs::create_directories(folder.parent_path(), error);
    if (!error && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
      error.assign(errno, std::generic_category());
  } else if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    error.assign(errno, std::generic_category());
  }
  if (error) return fail(Exit::failed, "cannot make the folder " + folder.string(), error.message());
  return {};
}

// Whether this user may write there; other reasons show when it is done.
bool is_denied(const fs::path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0 &&
         (errno == EACCES || errno == EPERM || errno == EROFS);
}

// False: somebody else changed the file meanwhile, and it may be tried again.
Result<bool> rewrite_once(const inventory::Lock& lock, const Content& content, bool last) {
  const auto old = TRY(open_database({lock.file(), false, {}}));
  // A file that stays as it is need not be one that can be written.
  std::optional<inventory::Replacement> replacement;
  const auto begin = [&]() -> Result<void> {
    if (replacement) return {};
    TRY_VOID(check_writable(lock.file()));
    replacement.emplace(TRY(inventory::Replacement::begin(lock)));
    return {};
  };
  const auto write = [&](std::string_view piece) -> Result<void> {
    TRY_VOID(begin());
    return replacement->append(piece);
  };
  if (TRY(content(old ? &*old : nullptr, write)) == Change::none) return true;
  TRY_VOID(begin());
  replacement->made_of(old ? std::optional(old->stamp()) : std::nullopt);
  const auto committed = replacement->commit();
  if (!committed && (last || committed.error().code != Exit::refused))
    return tl::unexpected<Error>(committed.error());
  return committed.has_value();
}

Result<void> rewrite_locked(const Database& database, const Until& until, const Content& content) {
  TRY_VOID(check_place(database));
  TRY_VOID(make_folder(database));
  const auto lock = TRY(lock_to_write(database.file, until));
  // Editors take no lock: what they wrote meanwhile is read, too.
  constexpr int kMostTimes = 5;
  for (int left = kMostTimes; left > 0; --left)
    if (TRY(rewrite_once(lock, content, left == 1))) break;
  return {};
}

}  // namespace

Result<Database> database(std::string_view given, const fs::path& usual, std::string_view name,
                          std::string_view option) {
  std::error_code error;
  const auto folder = fs::absolute(given.empty() ? usual : fs::path(given), error).lexically_normal();
  const std::string what = "cannot use " + folder.string() + " as the folder of an inventory";
  const auto trimmed = folder.has_filename() ? folder : folder.parent_path();
  if (fs::exists(trimmed, error) && !fs::is_directory(trimmed, error))
    return fail(Exit::usage, what, "it is not a folder", "name another one with " + std::string(option));
  for (const auto& path : {trimmed, trimmed.parent_path()})
    if (is_dangling(path))
      return fail(Exit::usage, what,
                  (path == trimmed ? "it" : path.string()) + " is a link to " +
                      fs::read_symlink(path, error).string() + ", which is not there",
                  making_behind(path) + "; or name another folder with " + std::string(option));
  if (trimmed.extension() == ".fdb" && !fs::exists(trimmed, error))
    return fail(Exit::usage, what, "it is named like a file of one",
                "name the folder: " + std::string(option) + " " + trimmed.parent_path().string());
  if (!given.empty() && !fs::is_directory(trimmed.parent_path(), error))
    return fail(Exit::usage, what, "there is no folder " + trimmed.parent_path().string(),
                "make that one first; the last part of the path is made by itself");
  if (const auto other = nested(trimmed))
    return fail(Exit::usage, what, "there is one in " + other->string() + ", and they may not be nested",
                "name a folder beside it");
  return Database{trimmed / name, given.empty(), std::string(option)};
}

Result<std::optional<inventory::Source>> open_database(const Database& database) {
  struct stat status {};
  if (::stat(database.file.c_str(), &status) != 0 && errno == ENOENT) return std::nullopt;
  return TRY(inventory::Source::open(database.file));
}

Result<void> check_place(const Database& database) {
  const auto file = TRY(inventory::file_behind(database.file));
  std::error_code error;
  auto folder = file.parent_path();
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  for (const auto& path : {folder, inventory::lock_of(file)})
    if (is_denied(path))
      return fail(Exit::refused, "cannot write " + file.string(),
                  path.string() + ": " + system_message(errno),
                  "let this user write there, or name another folder with " + database.option);
  return {};
}

Result<void> check_writable(const fs::path& path) {
  const auto file = TRY(inventory::file_behind(path));
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  // To be replaced, a file need not be writable, but who took the right to write from everybody wants it to
  // stay as it is. Root may write in any case, and is told so, too.
  constexpr mode_t kAnybody = 0222;
  const bool by_mode = (status.st_mode & kAnybody) == 0;
  if (!by_mode && (::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0 || errno != EACCES)) return {};
  constexpr mode_t kAnybodyReads = 0444;
  const bool hidden = (status.st_mode & kAnybodyReads) == 0;
  return fail(Exit::refused, "cannot write " + file.string(),
              !by_mode ? system_message(EACCES)
              : hidden ? "nobody may read or write it"
                       : "it is read-only",
              std::string("if it may be changed: chmod ") + (hidden ? "u+rw " : "u+w ") +
                  text::shell_quoted(file.string()));
}

Until until_deadline(const model::Request& request) {
  if (!request.deadline) return std::nullopt;
  return std::chrono::steady_clock::now() + *request.deadline;
}

Result<inventory::Lock> lock_to_write(const fs::path& file, const Until& until) {
  const plugin::TakenSignals signals;
  return inventory::Lock::take(file, {false, until, signals.fd()});
}

Result<void> rewrite(const Database& database, const Until& until, const Content& content) {
  auto written = rewrite_locked(database, until, content);
  if (!written && written.error().fix.empty())
    written.error().fix =
        "the file is as it was; let this user write there, or name another folder with " + database.option;
  return written;
}

}  // namespace ctys::action
