// The Request: what one command line asks for. Both grammars end here; everything after it starts here.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/filling_request.hpp"
#include "model/groups_request.hpp"
#include "model/hosts_request.hpp"
#include "model/inventory_request.hpp"
#include "model/jobs_request.hpp"
#include "model/target.hpp"

#include <ctys/field.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ctys::model {

enum class Action {
  create,
  cancel,
  list,
  enumerate,
  info,
  show,
  is_active,
  client_port,
  attribute,
  plugins,
  groups,
  doctor,
  import,
  distribute,
  vping,
  vhost,  // the inventory by its query language
  find,   // the inventory by columns and patterns
  vdbgen,
  macmap,
  jobs,
  persist
};

// One KEY:value pair with the key in its long, upper-case form and the value without escapes.
struct Pair {
  std::string key;
  std::string value;
  bool operator==(const Pair&) const = default;
};

// One machine address: pairs that must all hold. Keys: ID PATHNAME FILENAME BASEPATH LABEL NAME UUID MAC TCP
// DBRECORD, and WORD for a bare word (a label, else a name, else UUID, MAC, guest address, path).
// BASEPATH may occur several times. UUID is lower case with dashes, MAC lower case with colons.
struct Address {
  std::vector<Pair> keys;
  std::string text;  // as the user wrote it, for messages
  bool operator==(const Address&) const = default;
};

enum class CreateMode { start, connect, reuse, reconnect, resume };
enum class Console { none, cli, xterm, gterm, vnc };
enum class WaitFor { none, running, net, ssh, agent };

// PING:n%s and SSHPING:n%s: at most `tries`, `pause` apart.
struct Probe {
  unsigned tries = 20;
  std::chrono::seconds pause{2};
};

struct CreateOptions {
  CreateMode mode = CreateMode::start;
  std::optional<Console> console;  // unset: the default of the grammar and place, see action/console.hpp
  std::string vnc_port;            // CONSOLE:VNC:port, empty: the machine's own
  std::string boot_mode;           // HDD CD PXE FDD KERNEL; empty: as configured
  std::string boot_path;           // medium, or kernel image
  std::string initrd;
  std::string append;  // kernel command line
  std::optional<WaitFor> wait;
  std::optional<Probe> ping;
  std::optional<Probe> ssh_ping;
  std::chrono::seconds wait_server{0};  // WAITS: after the server's start
  std::chrono::seconds wait_client{0};  // WAITC: after the client's start
  char escape = 0x1d;                   // of the text console: Ctrl-]
};

enum class CancelMethod { power_off, reset, reboot, pause, suspend, init };
enum class Part { both, server, client };

struct CancelOptions {
  CancelMethod method = CancelMethod::power_off;
  std::optional<std::chrono::seconds> delay;    // POWEROFF:delay
  std::optional<std::chrono::seconds> timeout;  // TIMEOUT:s, replaces the default of 20 s
  unsigned level = 0;                           // INIT:n
  Part part = Part::both;
  bool force = false;
  bool self = false;
  bool all = false;
  bool wait = true;  // --no-wait
};

struct EnumerateOptions {
  std::vector<std::string> bases;   // BASEPATH; empty: the default roots
  std::vector<std::string> states;  // MATCHVSTAT words, upper case
};

enum class AttributeVerb { list, get, set, erase };
struct AttributeOptions {
  AttributeVerb verb = AttributeVerb::list;
  std::string key;
  std::string value;
};

// Where a machine address is looked up: -c. What the inventory knows completes the address; the hypervisor
// has the last word.
enum class Lookup { hypervisors, both, inventory_only };
struct Naming {
  Lookup lookup = Lookup::both;
  std::string databases;  // -p: directories, ':'-separated; empty: the usual ones
};

// Whose sessions are meant by LIST and CANCEL ALL. Nobody named: all that the hypervisors show to the caller,
// whose rights are for them to judge.
struct Scope {
  bool all = false;  // every user's, said so
  std::vector<std::string> users;
  std::vector<std::string> groups;
};
struct ListOptions {
  bool clients = true, servers = true, tunnels = true;
  bool inactive = false;  // --all: stopped machines too
  // What the inventory may say about hosts: nothing; everything, and nobody is asked; or as much as a scan
  // saw within this time, and these hosts are not asked. Otherwise it speaks for those that do not answer.
  bool fresh = false;
  bool cached = false;
  std::optional<std::chrono::milliseconds> max_age;
};

enum class Format { automatic, table, tab_tcp, tab_gen, rec, spec, xml, terse, machine, json };
enum class Titles { none, names, numbers, letters };  // TITLE, TITLEIDX, TITLEIDXASC
enum class Cut { right, left, wrap };

struct OutputColumn {
  Field field{};
  std::string title;   // empty: the layout's
  unsigned width = 0;  // 0: 10 in TAB_GEN, as wide as needed elsewhere
  Cut cut = Cut::right;
  bool operator==(const OutputColumn&) const = default;
};

// One term of --filter, e.g. state:running: `field` unset means "any field contains".
struct Filter {
  std::optional<Field> field;
  std::string pattern;  // '*' matches any text; ASCII case ignored
  bool operator==(const Filter&) const = default;
};

struct Sort {
  bool on = false, unique = false, reverse = false;
  std::string key;             // column number as in `sort -k`, empty: whole line
  std::optional<Field> field;  // --sort NAME: by this field, whether it is shown or not; wins over `key`
  bool operator==(const Sort&) const = default;
};

struct Output {
  Format format = Format::automatic;
  std::vector<OutputColumn> columns;  // empty: the default of action and format
  bool max_key = false;               // MAXKEY
  Titles titles = Titles::none;
  bool header = true;  // --no-header
  bool grows = false;  // modern: a table whose format nobody chose shows every value whole
  Sort sort;
  std::vector<Filter> filters;
  bool hosts = false;            // other hosts than this one are asked: each result tells whose it is
  std::vector<unsigned> widths;  // TAB_TCP:w1%%w2...
  bool operator==(const Output&) const = default;
};

// Where an action is done.
struct Where {
  std::vector<Target> targets;  // empty: this host
  bool all_known = false;       // the targets are those that LIST asks where nobody names one
  std::vector<Target> via;      // hosts to go through, the nearest first
  bool chain = false;           // each of them logs in to the next by itself, the last one to the targets
  bool may_copy = true;         // ctys is copied to a host that lacks it
  unsigned fanout = 64;         // connections that are set up at the same time
  // Connections are kept for calls within this time, and kept ones are used.
  std::optional<std::chrono::milliseconds> persist = {};
};

struct Request {
  Action action = Action::list;
  Where where;
  std::vector<std::string> types;  // upper case; empty: all
  std::vector<Address> machines;
  CreateOptions create;
  CancelOptions cancel;
  EnumerateOptions enumerate;
  AttributeOptions attribute;
  GroupsOptions groups;
  ImportOptions import;
  DistributeOptions distribute;
  VpingOptions vping;
  JobsOptions jobs;
  PersistOptions persist;
  ListOptions list;
  Naming naming;
  InventoryRequest inventory;
  VdbgenOptions vdbgen;
  MacmapOptions macmap;
  Scope scope;
  Output output;
  bool plan = false;             // -n: print what would be done and stop
  bool background = false;       // --background: as a job, nobody waits for it
  bool in_turn = false;          // -b seq: one host after the other, one machine after the other
  bool modern = false;           // written in the modern grammar: its defaults hold
  bool allow_ambiguous = false;  // -A on
  bool server_only = false;      // -L SERVERONLY
  bool color = false;            // -y: coloured messages even where the terminal does not promise them
  std::optional<unsigned>
      verbosity;  // diagnostics: 0 errors only, 1 warnings (the default), 2 information, 3 all
  std::optional<std::chrono::milliseconds> deadline;
  // The deadline as the user gave it, where `deadline` is what is left of it.
  std::optional<std::chrono::milliseconds> whole_deadline = {};
  std::string display;   // -D
  std::string geometry;  // -g, plain X11 form
  std::string message;   // -M: printed before the output
};

}  // namespace ctys::model
