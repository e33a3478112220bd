// The options of the actions that ask the inventory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace ctys::cli {

// Rows of two tables as one.
template <std::size_t A, std::size_t B>
constexpr std::array<LongOption, A + B> joined(const std::array<LongOption, A>& a,
                                               const std::array<LongOption, B>& b) {
  std::array<LongOption, A + B> all{};
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), all.begin()));
  return all;
}

inline constexpr ActionSet kVhost{model::Action::vhost};
inline constexpr ActionSet kQueries{model::Action::vhost, model::Action::find};
inline constexpr std::string_view kQueryFormats = "table|tab_gen|rec|spec|xml|terse|machine|json";
inline constexpr std::string_view kReductions = "first|last|all|complement|sort|usort|unique";
inline constexpr std::string_view kListings =
    "listall|list|listdb|membersdb|listgroup|contentgroup|membersgroup";
inline constexpr std::string_view kCaches =
    "off|macmap|macmaponly|groups|rebuildcache|cleartmp|clearall|listcache|listtargets|listgroups|membersdb";

// clang-format off
inline constexpr std::array kInventoryOptions{
    LongOption{Opt::database, "database", 'p', "DIRECTORY[:DIRECTORY]", Kind::directory, {}, false, "Inventory",
      kQueries, "the inventory of these directories, read as one", {}},
    LongOption{Opt::type, "type", 'T', "TYPE[,TYPE]", Kind::type, {}, true, "Inventory", kQueries,
      "only machines of these session types; all: every type there is", {}},
    LongOption{Opt::reachable, "reachable", 'x', "[mark|reverse,](ping|ssh)[,pm|vm]", Kind::choice,
      "ping|ssh|mark|reverse|pm|vm", false, "Inventory", kQueries,
      "only records whose host (pm, the default) or machine (vm) answers; reverse: does not; mark: all, with R; or -;",
      {}},
    LongOption{Opt::cache, "cache", 'C', "WORD", Kind::choice, kCaches, true, "Inventory", kVhost,
      "off: read the records, not the index; macmap: addresses from macmap.fdb, where it has them; macmaponly: from "
      "nowhere else; groups: a word that names a group stands for its members; rebuildcache: make the index anew; "
      "cleartmp: remove what killed writers left; clearall: and the index, and stop; the others are lists, as those "
      "of --show", {}},
    LongOption{Opt::batch, "batch", '\0', {}, Kind::none, {}, false, "Query", kVhost,
      "read keys from standard input, one a line, and answer each with one line, in order; an empty one where no "
      "record has the key", {}},
    LongOption{Opt::input, "input", 'i', "ctysaddress", Kind::choice, "ctysaddress|ctys", false, "Query", kVhost,
      "the words are stack addresses: host[l:web01]", {}},
    LongOption{Opt::reduce, "reduce", 'M', "WAY", Kind::choice, kReductions, false, "Query", kQueries,
      "what remains of the records found; complement: those of --type and --filter that the words do not find; unique: "
      "nothing and status 11 where there are several", {}},
    LongOption{Opt::compat, "compat", '\0', {}, Kind::none, {}, false, "Query", kVhost,
      "show a record once for each alternative of OR that holds for it", {}},
    LongOption{Opt::statistics, "interactive", 'I', "0|1|2", Kind::choice, "0|1|2", false, "Query", kVhost,
      "tell on standard error how long it took (1), and what each term of the query leaves (2)", {}},
    LongOption{Opt::output, "output", 'o', "WORD[,WORD]", Kind::column, {}, true, "Output", kQueries,
      "fields, formats and order in the classic words: l,tcp or tab:3_Name_20%%7 or machine", {}},
    LongOption{Opt::json, "json", 'j', {}, Kind::none, {}, false, "Output", kQueries, "same as --format json", {}},
    LongOption{Opt::format, "format", 'F', "FORMAT", Kind::choice, kQueryFormats, false, "Output", kQueries,
      "form of the output", {}},
    LongOption{Opt::columns, "columns", '\0', "NAME[,NAME]", Kind::column, {}, true, "Output", kQueries,
      "these columns in this order; NAME:WIDTH limits one", {}},
    LongOption{Opt::no_header, "no-header", '\0', {}, Kind::none, {}, false, "Output", kQueries,
      "leave out the titles", {}},
    LongOption{Opt::filter, "filter", '\0', "[COLUMN:]PATTERN", Kind::column, {}, true, "Query", kQueries,
      "and only records that match, as the words of find do: type:qemu os:debian*", {}},
    LongOption{Opt::sort, "sort", '\0', "COLUMN", Kind::column, {}, false, "Output", kQueries,
      "sort by this column", {}},
    LongOption{Opt::reverse, "reverse", '\0', {}, Kind::none, {}, false, "Output", kQueries, "sort downwards", {}},
    LongOption{Opt::unique, "unique", '\0', {}, Kind::none, {}, false, "Output", kQueries,
      "leave out equal rows", {}},
    LongOption{Opt::show, "show", 'S', "LIST[:GROUP%GROUP]", Kind::choice, kListings, false, "Lists", kVhost,
      "databases, their hosts, groups, the text of a group, or its members in a form of ctys-groups -m "
      "(membersgroup8u) instead of records", {}},
    LongOption{Opt::deadline, "deadline", '\0', "TIME", Kind::time, {}, false, "Waiting", kQueries,
      "give up asking machines after this time: 10, 10s, 500ms, 2m", {}},
    LongOption{Opt::load, "load", 'c', "mincnt|maxcnt|cnt", Kind::choice, "mincnt|maxcnt|cnt", false, "Inventory",
      kVhost, "only records of the host with the fewest or the most running machines; cnt: how many each host has, "
      "as HOST;COUNT", {}},
    LongOption{Opt::runtime, "runtime", 'r', {}, Kind::none, {}, false, "Inventory", kVhost,
      "with machines that run and are in no record, on this host or those of -R", {}},
    LongOption{Opt::remote, "remote", 'R', "HOST[,HOST]", Kind::host, {}, true, "Inventory", kVhost,
      "the hosts that -r and -c ask; without it -c asks those of the records", {}},
    LongOption{Opt::internal, "internal", 's', {}, Kind::none, {}, false, "General", kVhost,
      "old option: called by ctys itself", {}, true},
    LongOption{Opt::login, "login", 'l', "USER", Kind::user, {}, false, "General", kVhost,
      "old option: user of remote calls", {}, true},
    LongOption{Opt::login, "remote-login", 'L', "USER", Kind::user, {}, false, "General", kVhost,
      "old option: user of remote calls", {}, true},
    LongOption{Opt::quick_list, "terse", 'X', {}, Kind::none, {}, false, "Output", kQueries,
      "old spelling of --format terse", {}, true},
    LongOption{Opt::topic, "help-topic", 'H', "TOPIC", Kind::topic, {}, false, "General", kQueries,
      "old spelling of ctys help TOPIC", {}, true},
    LongOption{Opt::diagnostics, "diagnostics", 'd', "LEVEL", Kind::number, {}, false, "General", kQueries,
      "old spelling of --verbose", {}, true},
    LongOption{Opt::plan, "plan", 'n', {}, Kind::none, {}, false, "General", kQueries,
      "say in words what would be looked for, and stop", {}},
    LongOption{Opt::verbose, "verbose", 'v', {}, Kind::none, {}, true, "General", kQueries,
      "say more about what goes on; twice: everything", {}},
    LongOption{Opt::help, "help", 'h', {}, Kind::none, {}, false, "General", kQueries, "explain this action", {}},
    LongOption{Opt::version, "version", 'V', {}, Kind::none, {}, true, "General", kQueries, "print the version", {}},
};
// clang-format on

}  // namespace ctys::cli
