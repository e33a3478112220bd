// The options of the actions that fill the inventory: vdbgen and macmap.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/vocabulary.hpp"

#include <array>

namespace ctys::cli {

inline constexpr ActionSet kVdbgen{model::Action::vdbgen};
inline constexpr ActionSet kMacmap{model::Action::macmap};
inline constexpr ActionSet kFillers{model::Action::vdbgen, model::Action::macmap};

// clang-format off
inline constexpr std::array kFillingOptions{
    // vdbgen
    LongOption{Opt::base, "base", '\0', "DIRECTORY[,DIRECTORY]", Kind::directory, {}, true, "Machines", kVdbgen,
      "look for machine files below these folders", {}},
    LongOption{Opt::load_type, "load-type", 'T', "TYPE[,TYPE]", Kind::type, {}, true, "Machines", kVdbgen,
      "the types to ask where -t says ALL or nothing", {}},
    LongOption{Opt::scan_all_states, "scan-all-states", '\0', {}, Kind::none, {}, false, "Machines", kVdbgen,
      "machines of every VMSTATE; without it ACTIVE, DISABLED, and those without one", {}},
    LongOption{Opt::file_context, "filecontext", '\0', {}, Kind::none, {}, false, "Machines", kVdbgen,
      "take options from the CONTEXT of group files, which is always done", {}},
    LongOption{Opt::append, "append", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "add new machines and bring known ones up to date; no record is dropped, and no field emptied but "
      "those a scan observes: display, ports, release of the hypervisor, and the address where the MAC is another one", {}},
    LongOption{Opt::replace, "replace", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "make the records of what is found anew, and drop machines that were looked for and are not there any more", {}},
    LongOption{Opt::cache_db, "cacheDB", '\0', "DIRECTORY", Kind::directory, {}, false, "Action", kVdbgen,
      "the folder of enum.fdb; its parent must exist", {}},
    LongOption{Opt::stdio, "stdio", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "write the records to stdout and leave the file as it is", {}},
    LongOption{Opt::threads, "threads", '\0', "COUNT", Kind::number, {}, false, "Action", kVdbgen,
      "how many workers ask at the same time, 10 by default", {}},
    LongOption{Opt::no_splitted, "no-splitted", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "all workers ask at the same time", {}},
    LongOption{Opt::splitted, "splitted", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "as many as --threads allows, the default", {}},
    LongOption{Opt::keep_files, "splitted-keep-files", '\0', {}, Kind::none, {}, false, "Action", kVdbgen,
      "keep what each type answered, in ~/.cache/ctys/vdbgen", {}},
    LongOption{Opt::progress, "progress", '\0', {}, Kind::none, {}, false, "Output", kVdbgen,
      "tell on stderr which types are asked and how much they answer", {}},
    LongOption{Opt::progress_all, "progressall", '\0', {}, Kind::none, {}, false, "Output", kVdbgen,
      "the same, with what the workers tell while they work", {}},
    LongOption{Opt::schedule, "schedule", 'b', "sync|async[,seq|par]", Kind::text, {}, false, "General", kVdbgen,
      "old option: wait for the end (sync), or not", {}, true},
    LongOption{Opt::cache, "cache", 'c', "off", Kind::text, {}, false, "General", kVdbgen,
      "old option: a scan does not read the inventory", {}, true},
    LongOption{Opt::data_cache, "data-cache", 'C', "off", Kind::text, {}, false, "General", kVdbgen,
      "old option: a scan asks the hypervisors", {}, true},
    // macmap
    LongOption{Opt::from, "from", '\0', "SOURCE", Kind::choice,
      "dhcpd:FILE|dnsmasq:FILE|kea:FILE|libvirt|neighbours|ethers:FILE|hosts:FILE", true, "Action", kMacmap,
      "fill the map from this; neighbours is the kernel's table, or with :FILE what arp or ip printed", {}},
    LongOption{Opt::replace, "replace", '\0', {}, Kind::none, {}, false, "Action", kMacmap,
      "with --from: drop the rows that no source tells", {}},
    LongOption{Opt::print, "print", '\0', {}, Kind::none, {}, false, "Action", kMacmap,
      "with --from: show what the sources tell, and leave the map as it is", {}},
    LongOption{Opt::host_syntax, "host-syntax", 'E', {}, Kind::none, {}, false, "Output", kMacmap,
      "rows as host declarations of dhcpd.conf", {}},
    LongOption{Opt::name_column, "name", 'n', {}, Kind::none, {}, false, "Output", kMacmap,
      "names only, or with -m and -i these columns; of extractMAClst and extractARPlst: sort by name", {}},
    LongOption{Opt::mac_column, "mac", 'm', {}, Kind::none, {}, false, "Output", kMacmap,
      "the same with MAC addresses", {}},
    LongOption{Opt::ip_column, "ip", 'i', {}, Kind::none, {}, false, "Output", kMacmap,
      "the same with network addresses", {}},
    LongOption{Opt::upper, "upper", 'u', {}, Kind::none, {}, false, "Output", kMacmap, "names in upper case", {}},
    LongOption{Opt::quiet, "quiet", 'q', {}, Kind::none, {}, false, "Output", kMacmap,
      "do not tell what was written", {}},
    LongOption{Opt::database, "database", 'p', "DIRECTORY[:DIRECTORY]", Kind::directory, {}, false, "Machines",
      kMacmap, "the folders of macmap.fdb; the first is the one that is filled", {}},
    LongOption{Opt::default_database, "default-database", 'P', {}, Kind::none, {}, false, "Machines", kMacmap,
      "the default folder; extractMAClst and extractARPlst write with -p or -P only", {}},
    LongOption{Opt::plan, "plan", '\0', {}, Kind::none, {}, false, "General", kMacmap,
      "print what would be done and stop", {}},
    LongOption{Opt::plan, "dry-run", '\0', {}, Kind::none, {}, false, "General", kFillers,
      "tell what would change, and write nothing", {}},
    LongOption{Opt::diagnostics, "debug", 'd', "LEVEL", Kind::number, {}, false, "General", kFillers,
      "old option: 0 warnings, 1 what happens, 2 everything", {}, true},
};
// clang-format on

}  // namespace ctys::cli
