// ctys/error.hpp - the one error type, shared by the program and its plugins.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace ctys {

// Exit statuses, the same for every action. When several things went wrong the gravest one decides: see
// worse() in base/result.hpp for the order.
enum class Exit : std::int32_t {
  ok = 0,
  failed = 1,       // at least one target failed
  usage = 2,        // the command line, or a file it names, is wrong: nothing was started
  unreachable = 3,  // a host or hypervisor could not be reached or logged in to
  deadline = 4,     // the deadline was reached
  refused = 5,      // ambiguous, or not safe: nothing was started
  nothing = 6,      // nothing matched
  no_database = 7,  // `vhost`: a directory of databases, or its file of records, is missing
  no_macmap = 10,   // `vhost`: the file of MAC addresses is missing
  not_unique = 11,  // `vhost -M unique` met more than one record
  defect = 70       // a defect of ctys, or of a plugin
};

// A failure in the words the user will read.
//   what  lower case, no full stop, names the user's object: "cannot start web01"
//   why   the system's words, may be empty:                  "no space left on device"
//   fix   imperative, may be empty:                          "free some space in /var/lib/libvirt"
//   where the place, outermost first:                        "lab02, QEMU, qemu:///system"
// The texts may hold bytes that came from a guest or a remote host: whoever prints them escapes them.
struct Error : std::exception {
  Error() = default;
  Error(Exit exit_code, std::string what_failed, std::string why_it_failed = {}, std::string how_to_fix = {},
        std::string where_it_was = {})
      : code(exit_code),
        summary(std::move(what_failed)),
        why(std::move(why_it_failed)),
        fix(std::move(how_to_fix)),
        where(std::move(where_it_was)) {}
  [[nodiscard]] const char* what() const noexcept override { return summary.c_str(); }

  Exit code = Exit::defect;
  std::string summary;
  std::string why;
  std::string fix;
  std::string where;
  // There is no plugin that could have been asked: it cannot be loaded. Said by ctys, never by a plugin.
  bool no_plugin = false;
  // Nobody named what could not be reached, and nothing of it is installed: it has no machines. Said by ctys,
  // never by a plugin.
  bool absent = false;
};

// What a transport says of a host begins so where it is a gateway in front of the host that failed, whose
// name follows.
inline constexpr std::string_view kCannotGoThrough = "cannot go through ";

}  // namespace ctys
