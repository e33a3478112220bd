// The options of the actions that are about hosts themselves: import, distribute and vping.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {

inline constexpr ActionSet kImport{model::Action::import};
inline constexpr ActionSet kDistribute{model::Action::distribute};
inline constexpr ActionSet kVping{model::Action::vping};

// clang-format off
inline constexpr std::array kHostsOptions{
    LongOption{Opt::yes, "yes", 'y', {}, Kind::none, {}, false, "Action", kImport,
      "add the new hosts to the group all without a question", {}},
    LongOption{Opt::list_copies, "list", 'l', {}, Kind::none, {}, false, "Action", kDistribute,
      "tell which copies are there, and copy nothing", {}},
    LongOption{Opt::remove_copies, "remove", '\0', {}, Kind::none, {}, false, "Action", kDistribute,
      "remove the copies of every build from the user's cache there", {}},
    LongOption{Opt::plan, "plan", 'n', {}, Kind::none, {}, false, "General", kImport,
      "show what was found, and write nothing", {}},
    LongOption{Opt::ssh, "ssh", 's', {}, Kind::none, {}, false, "Action", kVping,
      "log in, too, as every action does; + where that works", {}},
    LongOption{Opt::no_check, "no-check", 'n', {}, Kind::none, {}, false, "Action", kVping,
      "ask nobody: only who has an entry in the inventory", {}},
    LongOption{Opt::login, "login", 'l', "USER", Kind::user, {}, false, "Hosts", kVping,
      "log in as this user where a target names none", {}},
    LongOption{Opt::via, "via", '\0', "HOST[,HOST]", Kind::host, {}, false, "Hosts", kVping,
      "log in through these hosts, the nearest first", {}},
    LongOption{Opt::fanout, "threads", '\0', "N", Kind::number, {}, false, "Hosts", kVping,
      "log in to so many at the same time, 64 by default", {}},
    LongOption{Opt::ping_trials, "ping-trials", '\0', "N", Kind::number, {}, false, "Waiting", kVping,
      "echo requests to a host that does not answer, 3 by default", {}},
    LongOption{Opt::ping_timeout, "ping-timeout", '\0', "TIME", Kind::time, {}, false, "Waiting", kVping,
      "wait so long for the answer to each, 1s by default", {}},
    LongOption{Opt::ssh_trials, "ssh-trials", '\0', "N", Kind::number, {}, false, "Waiting", kVping,
      "try so often to log in to a host that cannot be reached, once by default", {}},
    LongOption{Opt::ssh_timeout, "ssh-timeout", '\0', "TIME", Kind::time, {}, false, "Waiting", kVping,
      "take so long for each, 10s by default", {}},
    LongOption{Opt::paste, "terse", 'X', {}, Kind::none, {}, false, "Output", kVping,
      "only the targets that answer, on one line, to paste into a call", {}},
    LongOption{Opt::names, "names", 'm', {}, Kind::none, {}, false, "Output", kVping,
      "with -X: without their options", {}},
    LongOption{Opt::addresses, "addresses", 't', {}, Kind::none, {}, false, "Output", kVping,
      "with -X: the addresses they answered from", {}},
    LongOption{Opt::expanded, "expanded", 'i', {}, Kind::none, {}, false, "Output", kVping,
      "what the targets stand for, one a line with its options; nobody is asked", {}},
    LongOption{Opt::resolve, "resolve", 'r', {}, Kind::none, {}, false, "Output", kVping,
      "old option: SUBGROUPs are resolved, as always", {}, true},
    LongOption{Opt::sort, "sort", '\0', "COLUMN", Kind::column, {}, false, "Output", kVping,
      "sort by this column", {}},
};
// clang-format on

}  // namespace ctys::cli
