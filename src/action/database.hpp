// Where an inventory is written: which folder, whether it can be, and the file's new content in place of the
// old one.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "inventory/source.hpp"
#include "inventory/store.hpp"
#include "model/request.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::action {

struct Database {
  std::filesystem::path file;
  bool usual = false;  // nobody named the folder: it is made with its parents
  std::string option;  // that names another folder, for messages
};

// `given`: the folder that was asked for, empty: `usual`. Nothing is made yet. Errors (2): its parent is
// missing, it is no folder, it lies within a database or has one inside.
[[nodiscard]] Result<Database> database(std::string_view given, const std::filesystem::path& usual,
                                        std::string_view name, std::string_view option);

// The file as it is; nullopt when there is none.
[[nodiscard]] Result<std::optional<inventory::Source>> open_database(const Database& database);

// Errors: this user may not make files in the folder of the file, nor in the one that it would be made in
// (5); a link that leads nowhere (2).
[[nodiscard]] Result<void> check_place(const Database& database);
// Errors: the file, which need not be there, is not to be changed (5), or a link that leads nowhere (2).
[[nodiscard]] Result<void> check_writable(const std::filesystem::path& file);

// When there is no more waiting for others; unset: they are given all the time they need.
using Until = std::optional<std::chrono::steady_clock::time_point>;
[[nodiscard]] Until until_deadline(const model::Request& request);  // from now on
// Waits for who else writes the file until then, or until a signal asks this process to end.
[[nodiscard]] Result<inventory::Lock> lock_to_write(const std::filesystem::path& file, const Until& until);

// Writes what `content` makes of the old file, under the lock of the file: whoever reads it sees the old one
// or the new one. An error leaves the old one in place, and so does a content that is the old one. `content`
// is asked again when an editor, which takes no lock, changes the file before the new one is in its place;
// where that does not end, it is refused (5).
using Sink = std::function<Result<void>(std::string_view)>;
enum class Change : bool { none, some };
using Content = std::function<Result<Change>(const inventory::Source* old, const Sink& write)>;
[[nodiscard]] Result<void> rewrite(const Database& database, const Until& until, const Content& content);

}  // namespace ctys::action
