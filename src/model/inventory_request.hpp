// What a command line asks of the inventory: `ctys vhost`, `ctys find` and the companion ctys-vhost.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ctys::model {

// -M: what remains of the records that match.
enum class Reduce : std::uint8_t { all, first, last, complement, sort, usort, unique };
// -S and some values of -C: lists instead of records.
enum class Listing : std::uint8_t { none, all, databases, members, groups, group_content, group_members };
// -c: which host has the fewest or the most sessions, or how many each has.
enum class Load : std::uint8_t { none, fewest, most, count };
// -C MACMAP: rows of macmap.fdb before records where addresses alone are asked for; MACMAPONLY: no records.
enum class MacmapUse : std::uint8_t { completing, first, only };
// What an additional column shows that no field of the file holds as it is.
enum class View : std::uint8_t { none, ip, dns };

// -x: which records remain by whether their machine answers.
struct Reachability {
  enum class How : std::uint8_t { none, ping, ssh };
  How how = How::none;
  bool marks = false;     // all remain, marked R; or -;
  bool reversed = false;  // those that do not answer
  bool of_vm = false;     // the machine itself instead of the one that holds it
};

struct InventoryRequest {
  std::vector<std::string> words;    // the query
  std::vector<std::string> filters;  // --filter
  bool is_search = false;            // find: words are COLUMN:PATTERN
  bool is_classic = false;           // called by the companion's name: a word is always a regular expression
  bool is_address = false;           // -i CTYSADDRESS: words are stack addresses
  bool batch = false;                // keys come from stdin
  bool repeats = false;              // --compat: a record appears once for each alternative of OR that holds
  bool no_index = false;             // -C OFF
  bool rebuilds_index = false;       // -C REBUILDCACHE
  bool clears_leftovers = false;     // -C CLEARTMP: what killed writers left
  bool clears_all = false;           // -C CLEARALL: and everything that is derived, and no query
  bool names_groups = false;         // -C GROUPS: a word that is a group stands for its members
  std::string databases;             // -p; empty: the default view
  Reduce reduce = Reduce::all;
  Listing listing = Listing::none;
  std::vector<std::string> listed_groups;  // of LISTGROUP and CONTENTGROUP; empty: all
  bool prints_address = false;             // -o CTYSADDRESS
  std::vector<View> views;                 // beside Output::columns: the view of each
  bool default_columns = false;            // nobody named columns
  Reachability reachability;
  MacmapUse macmap = MacmapUse::completing;
  Load load = Load::none;                  // of the hosts of the records, or those of Request::where (-R)
  bool runtime = false;                    // -r: with what runs on this host, or on those
  std::string login;                       // -l
  std::vector<std::string> unnamed_types;  // those of Request::types that the grammar has no word for
  unsigned statistics = 0;                 // -I
};

}  // namespace ctys::model
